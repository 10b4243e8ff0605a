package dev.atoll.cells.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program that shall always run: it is started again when it ends, and when it can't be started,
 * until it can. Thread-safe.
 */
public final class StandingProcess implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StandingProcess.class.getName());

  /** Who ran for so long has not failed at its start. */
  private static final Duration STABLE = Duration.ofMinutes(1);

  private static final int MOST_COMPLAINTS = 4 << 10;

  private final String name;
  private final List<String> command;
  private final Duration firstPause;
  private final Duration longestPause;
  private final StringBuilder complaints = new StringBuilder();
  private final Thread thread;
  private @Nullable Process process;
  private boolean closed;

  private StandingProcess(
      String name, List<String> command, Duration firstPause, Duration longestPause)
      throws IOException {
    this.name = name;
    this.command = List.copyOf(command);
    this.firstPause = firstPause;
    this.longestPause = longestPause;
    Process first = launch();
    this.process = first;
    this.thread =
        Thread.ofPlatform().daemon().name("atoll-standing-process").unstarted(() -> stand(first));
  }

  /**
   * Starts it.
   *
   * @param name what it is called in the log
   * @param firstPause how long after its end it is started again; twice as long each time that it
   *     ends soon again
   * @param longestPause the most of that
   * @throws IOException when it can't be started the first time
   */
  public static StandingProcess start(
      String name, List<String> command, Duration firstPause, Duration longestPause)
      throws IOException {
    StandingProcess standing = new StandingProcess(name, command, firstPause, longestPause);
    standing.thread.start();
    return standing;
  }

  /** Whether it runs at this moment. */
  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The end of what it has written to its standard error, over all its runs. */
  public String complaints() {
    synchronized (complaints) {
      return complaints.toString();
    }
  }

  /** Lets go of it: it runs on, beyond this process's end too, and is not started again. */
  public void handOver() {
    synchronized (this) {
      closed = true;
    }
  }

  /** Kills it and returns when it has ended. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (process != null) {
        process.destroyForcibly();
      }
    }
    thread.interrupt();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void stand(Process first) {
    Process current = first;
    Duration pause = firstPause;
    long started = System.nanoTime();
    while (true) {
      follow(current);
      if (System.nanoTime() - started > STABLE.toNanos()) {
        pause = firstPause;
      }
      try {
        current = again(pause);
      } catch (InterruptedException end) {
        return;
      }
      started = System.nanoTime();
      pause = longer(pause);
    }
  }

  /** Starts it after the pause, and after longer ones until it can be started. */
  private Process again(Duration first) throws InterruptedException {
    for (Duration pause = first; ; pause = longer(pause)) {
      refuseWhenClosed();
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} has ended, and is started again in {1} ms: {2}",
          name,
          Long.toString(pause.toMillis()),
          Command.quote(complaints()));
      Thread.sleep(pause);
      synchronized (this) {
        refuseWhenClosed();
        try {
          Process next = launch();
          process = next;
          return next;
        } catch (IOException e) {
          complain(String.valueOf(e.getMessage()));
        }
      }
    }
  }

  private synchronized void refuseWhenClosed() throws InterruptedException {
    if (closed) {
      throw new InterruptedException();
    }
  }

  private Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(longestPause) < 0 ? twice : longestPause;
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command)
        .redirectInput(new java.io.File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Reads what it complains of until it has ended. */
  private void follow(Process running) {
    byte[] bytes = new byte[1 << 10];
    try (InputStream errors = running.getErrorStream()) {
      for (int count = errors.read(bytes); count >= 0; count = errors.read(bytes)) {
        complain(new String(bytes, 0, count, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      complain(String.valueOf(e.getMessage()));
    }
    running.onExit().join();
  }

  private void complain(String text) {
    synchronized (complaints) {
      complaints.append(text);
      if (complaints.length() > MOST_COMPLAINTS) {
        complaints.delete(0, complaints.length() - MOST_COMPLAINTS);
      }
    }
  }
}
