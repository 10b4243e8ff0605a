package dev.atoll.bench.soak;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** When no server was there: calls that overlap with that may fail, others must not. */
final class Gaps {
  /** A call that was sent just before the end, or is answered just after the start. */
  private static final long MARGIN = Duration.ofSeconds(1).toNanos();

  private final ReentrantLock lock = new ReentrantLock();
  private boolean away;
  private long lastEnd;
  private boolean any;

  void begins() {
    lock.lock();
    try {
      away = true;
      any = true;
    } finally {
      lock.unlock();
    }
  }

  void ends() {
    lock.lock();
    try {
      away = false;
      lastEnd = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a server was away at some moment since then, by {@link System#nanoTime()}. */
  boolean since(long start) {
    lock.lock();
    try {
      return away || (any && lastEnd + MARGIN - start > 0);
    } finally {
      lock.unlock();
    }
  }
}
