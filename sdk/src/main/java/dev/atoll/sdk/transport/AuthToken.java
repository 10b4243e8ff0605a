package dev.atoll.sdk.transport;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The short-lived token for the control plane: fetched when first needed, and again in good time.
 */
final class AuthToken {
  private static final Duration LIFETIME_IF_UNSAID = Duration.ofMinutes(20);

  private record Held(String token, Instant refreshAt) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Supplier<String> fetch;
  private final Clock clock;
  private volatile @Nullable Held held;

  AuthToken(Supplier<String> fetch, Clock clock) {
    this.fetch = fetch;
    this.clock = clock;
  }

  String get() {
    Held current = held;
    if (current != null && clock.instant().isBefore(current.refreshAt)) {
      return current.token;
    }
    lock.lock();
    try {
      current = held;
      if (current == null || !clock.instant().isBefore(current.refreshAt)) {
        current = fetch();
        held = current;
      }
      return current.token;
    } finally {
      lock.unlock();
    }
  }

  private Held fetch() {
    String token = fetch.get();
    Instant now = clock.instant();
    Instant end = JwtExpiry.of(token).orElse(now.plus(LIFETIME_IF_UNSAID));
    return new Held(token, now.plus(Duration.between(now, end).dividedBy(2)));
  }
}
