package dev.atoll.worker.process;

import dev.atoll.cells.Exec;
import dev.atoll.cells.StdinProgress;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The input of one process. Bytes carry their offset, so that a write can be repeated: what was
 * accepted before is ignored. Thread-safe; concurrent writers take turns.
 */
public final class Stdin {
  private final boolean outlives;
  private final ReentrantLock turn = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long accepted;
  private long received;
  private boolean ended;
  private boolean endReceived;
  private boolean refused;
  private boolean processEnded;
  private @Nullable AtollException abandoned;

  /**
   * Nothing is written yet.
   *
   * @param outlives whether the process outlives this worker: then nothing counts as written before
   *     the cell has it
   */
  Stdin(boolean outlives) {
    this.outlives = outlives;
  }

  /**
   * How far the input is safe: it reaches the process also when this worker dies.
   *
   * @param accepted how many bytes
   * @param closed whether no more can follow
   */
  public record State(long accepted, boolean closed) {}

  /** How much is safe so far. */
  public State state() {
    lock.lock();
    try {
      refuseWhenAbandoned();
      return outlives
          ? new State(received, endReceived || refused || processEnded)
          : new State(accepted, isClosed());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes; blocks while the process reads slowly, and until the cell has the bytes.
   *
   * @param offset of the first byte in the whole input
   * @param end whether the input ends here. An end without bytes closes the input wherever it is.
   * @throws AtollException FAILED_PRECONDITION when bytes before the offset are missing, the input
   *     is closed, or the process takes no more
   */
  void write(Exec exec, long offset, ByteBuffer bytes, boolean end) throws InterruptedException {
    turn.lockInterruptibly();
    try {
      long sent = taken();
      if (end && !bytes.hasRemaining()) {
        close(exec);
      } else {
        if (offset > sent) {
          throw precondition(
              "offset %d: stdin has taken %d bytes; send those in between first"
                  .formatted(offset, sent));
        }
        long known = Math.min(sent - offset, bytes.remaining());
        ByteBuffer rest =
            bytes.slice(bytes.position() + (int) known, bytes.remaining() - (int) known);
        if (rest.hasRemaining() || (end && !isClosed())) {
          send(exec, rest, end);
        }
      }
      awaitReceived();
    } finally {
      turn.unlock();
    }
  }

  void progress(StdinProgress progress) {
    lock.lock();
    try {
      received = Math.max(received, progress.received());
      // More than was sent here was sent by a worker that died.
      accepted = Math.max(accepted, received);
      endReceived |= progress.endReceived();
      ended |= endReceived;
      refused |= progress.closed();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Who waits, and whoever comes, gets an error. */
  void abandon(AtollException reason) {
    lock.lock();
    try {
      abandoned = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void refuseWhenAbandoned() {
    if (abandoned != null) {
      throw abandoned;
    }
  }

  /** The process has ended under a worker that died, and had taken that much. */
  void processEnded(long taken) {
    lock.lock();
    try {
      received = taken;
      accepted = taken;
    } finally {
      lock.unlock();
    }
    processEnded();
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

  private void close(Exec exec) {
    if (!isClosed()) {
      exec.writeStdin(taken(), ByteBuffer.allocate(0), true);
      lock.lock();
      try {
        ended = true;
      } finally {
        lock.unlock();
      }
    }
  }

  /** How many bytes were taken, whether the process has read them or not. */
  long taken() {
    lock.lock();
    try {
      return accepted;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return ended || refused || processEnded;
    } finally {
      lock.unlock();
    }
  }

  /** Who was told that it was written need not write it again, whatever dies. */
  private void awaitReceived() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (outlives
          && !refused
          && !processEnded
          && (received < accepted || (ended && !endReceived))) {
        refuseWhenAbandoned();
        changed.await();
      }
      refuseWhenAbandoned();
    } finally {
      lock.unlock();
    }
  }

  private void send(Exec exec, ByteBuffer rest, boolean end) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        refuseWhenAbandoned();
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
        // progress() needs this lock.
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
