package dev.atoll.control.sandboxes;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * Turns the numbered writes of the wire into offsets. Writes are numbered from 1 on; one that was
 * accepted before is ignored. Thread-safe.
 */
final class StdinCursor {
  private final ReentrantLock lock = new ReentrantLock();
  private long nextIndex = 1;
  private long offset;

  /**
   * Has a write done at its offset, one after the other.
   *
   * @param index the write's number
   * @param length how many bytes it has
   */
  void write(long index, int length, LongConsumer write) {
    lock.lock();
    try {
      if (index < nextIndex) {
        return;
      }
      if (index > nextIndex) {
        throw new AtollException(
            ErrorCode.FAILED_PRECONDITION,
            "stdin write %d came before write %d".formatted(index, nextIndex));
      }
      write.accept(offset);
      offset += length;
      nextIndex++;
    } finally {
      lock.unlock();
    }
  }
}
