package dev.atoll.sdk.transport;

import io.grpc.Status;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * How often and after which pauses a failed call is repeated; pauses double.
 *
 * @param retries how many times after the first attempt
 * @param first the first pause
 * @param longest the longest pause
 */
public record RetryPolicy(int retries, Duration first, Duration longest) {
  /** For calls to the control plane, as the official clients do it. */
  public static final RetryPolicy CONTROL_PLANE =
      new RetryPolicy(3, Duration.ofMillis(100), Duration.ofSeconds(1));

  /** For calls to a command router, as the official clients do it. */
  public static final RetryPolicy ROUTER =
      new RetryPolicy(10, Duration.ofMillis(10), Duration.ofSeconds(10));

  private static final Set<Status.Code> RETRIED =
      EnumSet.of(
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.UNAVAILABLE,
          Status.Code.CANCELLED,
          Status.Code.INTERNAL,
          Status.Code.UNKNOWN);

  /** Whether an attempt (0 for the first) that ended so is followed by another. */
  public boolean allows(Status.Code code, int attempt) {
    return attempt < retries && RETRIED.contains(code);
  }

  /** The pause after the given attempt (0 for the first). */
  public Duration pauseAfter(int attempt) {
    Duration pause = first.multipliedBy(1L << Math.min(attempt, 30));
    return pause.compareTo(longest) > 0 ? longest : pause;
  }

  /**
   * Sleeps for the pause after the given attempt. False, with the interrupt flag set, if the thread
   * was interrupted.
   */
  boolean sleepAfter(int attempt) {
    try {
      Thread.sleep(pauseAfter(attempt));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
