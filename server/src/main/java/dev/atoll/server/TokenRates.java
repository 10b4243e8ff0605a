package dev.atoll.server;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How many calls a token may make: so many a second, and those of 5 seconds at once after a pause.
 * For each token a single number is kept, the time at which it would be even with its rate, which
 * is a token bucket in other words (GCRA: ITU-T I.371, annex A). Thread-safe.
 */
final class TokenRates {
  private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final long pause;
  private final LongSupplier clock;
  private final Map<String, AtomicLong> even = new ConcurrentHashMap<>();

  TokenRates(int callsPerSecond, LongSupplier clock) {
    pause = Math.max(1, TimeUnit.SECONDS.toNanos(1) / callsPerSecond);
    this.clock = clock;
  }

  /** Counts a call. ZERO when the token may make it, else how long it has to wait. */
  Duration take(String tokenId) {
    long now = clock.getAsLong();
    AtomicLong time = even.computeIfAbsent(tokenId, id -> new AtomicLong(now));
    while (true) {
      long known = time.get();
      long next = (known - now > 0 ? known : now) + pause;
      long early = next - now - Math.max(BURST_NANOS, pause);
      if (early > 0) {
        return Duration.ofNanos(early);
      }
      if (time.compareAndSet(known, next)) {
        return Duration.ZERO;
      }
    }
  }

  /** Forgets a token that is no more. */
  void forget(String tokenId) {
    even.remove(tokenId);
  }
}
