package dev.atoll.cli;

import java.io.PrintStream;
import java.time.Duration;

/**
 * Tells on stderr what is being done, and every few seconds that it still is: nothing that takes
 * long looks like nothing.
 */
final class Progress implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final int LONGEST_DETAIL = 100;

  private final PrintStream err;
  private final Thread reminder = Thread.ofVirtual().name("progress").unstarted(this::remind);
  private final StringBuilder line = new StringBuilder();
  private String step = "";
  private String detail = "";
  private long started = System.nanoTime();

  Progress(PrintStream err) {
    this.err = err;
    reminder.start();
  }

  /** Begins a step and says so. */
  synchronized void step(String what) {
    step = what;
    detail = "";
    line.setLength(0);
    started = System.nanoTime();
    err.println("atoll: " + what + " ...");
  }

  /** Takes a piece of the step's log; its last whole line is shown with the next reminder. */
  synchronized void log(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r') {
        if (!line.isEmpty()) {
          detail = line.toString();
        }
        line.setLength(0);
      } else if (line.length() < LONGEST_DETAIL && !Character.isISOControl(c)) {
        line.append(c);
      }
    }
  }

  /** Ends the reminders. */
  @Override
  public void close() {
    reminder.interrupt();
  }

  private void remind() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        remindOnce();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void remindOnce() {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - started);
    if (!step.isEmpty() && elapsed.compareTo(PERIOD) >= 0) {
      err.println(
          "atoll: "
              + step
              + ": "
              + elapsed.toSeconds()
              + " s so far"
              + (detail.isEmpty() ? "" : ": " + detail));
    }
  }
}
