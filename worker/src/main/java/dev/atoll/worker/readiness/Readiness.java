package dev.atoll.worker.readiness;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries a task's readiness probe until it succeeds. Thread-safe. */
public final class Readiness implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Readiness.class);

  private final ReadinessProbe probe;
  private final Attempt attempt;
  private final CompletableFuture<Instant> ready = new CompletableFuture<>();
  private final Thread prober;

  /** One attempt, which must not take much longer than the interval. */
  @FunctionalInterface
  public interface Attempt {
    /** Whether the probe succeeds now; a failure of any kind is no success. */
    boolean succeeds(ReadinessProbe probe) throws Exception;
  }

  /**
   * Tries nothing yet.
   *
   * @param name of the thread that tries
   */
  public Readiness(String name, ReadinessProbe probe, Attempt attempt) {
    this.probe = probe;
    this.attempt = attempt;
    this.prober = Thread.ofVirtual().name(name).unstarted(this::tryUntilReady);
  }

  /** Begins to try. */
  public void start() {
    prober.start();
  }

  /**
   * When it was ready first; waits for that, at most so long.
   *
   * @throws AtollException FAILED_PRECONDITION when the task ends before
   */
  public Optional<Instant> await(Duration patience) throws InterruptedException {
    try {
      return Optional.of(ready.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException late) {
      return Optional.empty();
    } catch (ExecutionException | CancellationException ended) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION, "the sandbox has ended before it was ready", ended);
    }
  }

  /** Tries no more; who waits is told that the task has ended. */
  @Override
  public void close() {
    prober.interrupt();
    ready.cancel(false);
  }

  private void tryUntilReady() {
    try {
      // A task may end before its prober has started, which an interrupt would not stop.
      while (!ready.isDone() && !succeeds()) {
        Thread.sleep(probe.interval());
      }
      ready.complete(Instant.now());
    } catch (InterruptedException ended) {
      log.debug("the task ended before it was ready");
    }
  }

  private boolean succeeds() throws InterruptedException {
    try {
      return attempt.succeeds(probe);
    } catch (InterruptedException ended) {
      throw ended;
    } catch (Exception notYet) {
      log.debug("not ready: {}", notYet.toString());
      return false;
    }
  }
}
