package dev.atoll.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;

/** The sandboxes that ended last, and what each must go on saying. */
final class History {
  private static final int KEPT = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Ended> ended = new ArrayList<>();

  /**
   * A sandbox that has ended.
   *
   * @param exit the exit code that was told
   * @param output the stdout that was read
   */
  record Ended(String id, int exit, String output) {}

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

  /** One of them; empty before the first has ended. */
  Optional<Ended> any(Random random) {
    lock.lock();
    try {
      return ended.isEmpty()
          ? Optional.empty()
          : Optional.of(ended.get(random.nextInt(ended.size())));
    } finally {
      lock.unlock();
    }
  }
}
