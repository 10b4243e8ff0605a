package dev.atoll.control.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The time in microseconds since the epoch, each value given once: clients page through listings by
 * it. As a double of seconds, which the wire uses, two neighbouring microseconds still differ.
 */
public final class Clock {
  private final AtomicLong last;

  /** Creates a clock whose values all come after the given one. */
  public Clock(long after) {
    last = new AtomicLong(after);
  }

  /** Now, or the next microsecond that wasn't given yet. */
  public long unique() {
    long now = now();
    return last.updateAndGet(previous -> Math.max(previous + 1, now));
  }

  /** Now. */
  public static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** As the wire has it: seconds since the epoch. */
  public static double seconds(long micros) {
    return micros / 1e6;
  }

  /** From the wire's seconds since the epoch. */
  public static long micros(double seconds) {
    return Math.round(seconds * 1e6);
  }
}
