package dev.atoll.control.sandboxes;

import dev.atoll.control.store.StdinPositionTable.Position;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Turns the numbered writes of the wire into offsets. Writes are numbered from 1 on; one that was
 * accepted before is ignored. Thread-safe.
 */
final class StdinCursor {
  private final ReentrantLock lock = new ReentrantLock();
  private final Consumer<Position> store;
  private Position next;

  /**
   * Creates it.
   *
   * @param next where the next write goes
   * @param store is told the position after each write, once it is done and before it is answered:
   *     a write that is repeated after a crash between the two has the offset that it had
   */
  StdinCursor(Position next, Consumer<Position> store) {
    this.next = next;
    this.store = store;
  }

  /**
   * Has a write done at its offset, one after the other.
   *
   * @param index the write's number
   * @param length how many bytes it has
   */
  void write(long index, int length, LongConsumer write) {
    lock.lock();
    try {
      if (index < next.index()) {
        return;
      }
      if (index > next.index()) {
        throw new AtollException(
            ErrorCode.FAILED_PRECONDITION,
            "stdin write %d came before write %d".formatted(index, next.index()));
      }
      write.accept(next.offset());
      Position after = new Position(index + 1, next.offset() + length);
      store.accept(after);
      next = after;
    } finally {
      lock.unlock();
    }
  }
}
