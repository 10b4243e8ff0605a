package dev.atoll.control.calls;

import java.time.Duration;

/** How long a call may be held: what its client asks for, at most a minute. */
public final class WirePatience {
  private static final float MAXIMUM_SECONDS = 60f;

  private WirePatience() {}

  /** From the wire's seconds; what is no number of seconds means none. */
  public static Duration of(float seconds) {
    if (Float.isNaN(seconds) || seconds <= 0) {
      return Duration.ZERO;
    }
    return Duration.ofMillis((long) (Math.min(seconds, MAXIMUM_SECONDS) * 1000));
  }
}
