package dev.atoll.worker.process;

import dev.atoll.cells.Exec;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The input of one process. Bytes carry their offset, so that a write can be repeated: what was
 * accepted before is ignored. Thread-safe; concurrent writers take turns.
 */
public final class Stdin {
  private final ReentrantLock turn = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long accepted;
  private boolean ended;
  private boolean refused;
  private boolean processEnded;

  Stdin() {}

  /**
   * How far the input was accepted.
   *
   * @param accepted how many bytes
   * @param closed whether no more can follow
   */
  public record State(long accepted, boolean closed) {}

  /** How much was accepted so far. */
  public State state() {
    lock.lock();
    try {
      return new State(accepted, ended || refused || processEnded);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes; blocks while the process reads slowly.
   *
   * @param offset of the first byte in the whole input
   * @param end whether the input ends here. An end without bytes closes the input wherever it is.
   * @throws AtollException FAILED_PRECONDITION when bytes before the offset are missing, the input
   *     is closed, or the process takes no more
   */
  void write(Exec exec, long offset, ByteBuffer bytes, boolean end) throws InterruptedException {
    turn.lockInterruptibly();
    try {
      State before = state();
      if (end && !bytes.hasRemaining()) {
        close(exec, before);
        return;
      }
      if (offset > before.accepted()) {
        throw precondition(
            "offset %d: stdin has taken %d bytes; send those in between first"
                .formatted(offset, before.accepted()));
      }
      long known = Math.min(before.accepted() - offset, bytes.remaining());
      ByteBuffer rest =
          bytes.slice(bytes.position() + (int) known, bytes.remaining() - (int) known);
      if (rest.hasRemaining() || (end && !before.closed())) {
        send(exec, rest, end);
      }
    } finally {
      turn.unlock();
    }
  }

  void taken(boolean closedByProcess) {
    lock.lock();
    try {
      refused |= closedByProcess;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void processEnded() {
    lock.lock();
    try {
      processEnded = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void close(Exec exec, State before) {
    if (!before.closed()) {
      exec.writeStdin(before.accepted(), ByteBuffer.allocate(0), true);
      lock.lock();
      try {
        ended = true;
      } finally {
        lock.unlock();
      }
    }
  }

  private void send(Exec exec, ByteBuffer rest, boolean end) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (ended) {
          throw precondition("stdin is closed: no bytes can follow its end");
        }
        if (processEnded) {
          throw precondition("the process has ended: its stdin takes no more bytes");
        }
        if (refused) {
          throw precondition("the process has closed its stdin: it takes no more bytes");
        }
        int count = exec.writeStdin(accepted, rest.slice(), end);
        accepted += count;
        rest.position(rest.position() + count);
        if (!rest.hasRemaining()) {
          ended = end;
          return;
        }
        // The state is looked at again after each word from the agent: none is lost, because
        // taken() needs this lock.
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private static AtollException precondition(String message) {
    return new AtollException(ErrorCode.FAILED_PRECONDITION, message);
  }
}
