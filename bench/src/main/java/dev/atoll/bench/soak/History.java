package dev.atoll.bench.soak;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;

/** The sandboxes that ended last, and what each must go on saying. */
final class History {
  private static final int KEPT = 100;

  /** Well below the servers' {@code outputRetention}. */
  private static final Duration KEPT_FOR = Duration.ofMinutes(5);

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Ended> ended = new ArrayList<>();

  /**
   * A sandbox that has ended.
   *
   * @param exit the exit code that was told
   * @param output the stdout that was read
   * @param noticed when
   */
  record Ended(String id, int exit, String output, Instant noticed) {}

  void add(Ended sandbox) {
    lock.lock();
    try {
      if (ended.size() == KEPT) {
        ended.removeFirst();
      }
      ended.add(sandbox);
    } finally {
      lock.unlock();
    }
  }

  /** One of them; empty if none has ended lately. */
  Optional<Ended> any(Random random) {
    lock.lock();
    try {
      Instant oldest = Instant.now().minus(KEPT_FOR);
      ended.removeIf(one -> one.noticed().isBefore(oldest));
      return ended.isEmpty()
          ? Optional.empty()
          : Optional.of(ended.get(random.nextInt(ended.size())));
    } finally {
      lock.unlock();
    }
  }
}
