package dev.atoll.worker.files;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.process.TaskProcess;
import dev.atoll.worker.spool.SpoolReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Requests and answers of the guest agent's program {@code open} (guest/PROTOCOL.md), of which each
 * process serves one file. What answers may be anything that runs as the image's user, so every
 * answer is bounded, and one that breaks the protocol ends the conversation. Of one thread.
 */
final class Conversation implements AutoCloseable {
  /** The most bytes that a request or an answer carries. */
  static final int PIECE_BYTES = 1 << 20;

  private static final int HEADER_BYTES = 8;
  private static final int MORE_FOLLOWS = -1;
  private static final int HIGHEST_ERRNO = 4_095;

  private final TaskProcess process;
  private final SpoolReader answers;
  private long sent;

  /** What can be asked for; numbers as on the wire. */
  enum Request {
    READ(1),
    WRITE(2),
    FLUSH(3),
    CLOSE(4),
    SEEK(5);

    private final int number;

    Request(int number) {
      this.number = number;
    }
  }

  /**
   * An answer.
   *
   * @param errno 0 when it went well
   * @param payload at most {@link #PIECE_BYTES}
   * @param more whether another answer to the same request follows
   */
  record Answer(int errno, byte[] payload, boolean more) {}

  /** The process has ended, or doesn't answer as it should. Nothing more can be asked of it. */
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean ended;

    private BrokenException(String how, boolean ended) {
      super(how);
      this.ended = ended;
    }

    /** It said what it may not say. */
    static BrokenException lie(String what) {
      return new BrokenException(what, false);
    }

    /** It says nothing more. */
    static BrokenException end() {
      return new BrokenException("it has ended", true);
    }

    boolean isEnd() {
      return ended;
    }
  }

  /** A conversation with a process that was started, or is about to be. */
  Conversation(TaskProcess process) {
    this.process = process;
    this.answers = process.spool(dev.atoll.cells.ExecListener.Stream.STDOUT).open(0);
  }

  /** Sends a request; waits while the process reads slowly. */
  void send(Request request, ByteBuffer payload) throws BrokenException, InterruptedException {
    ByteBuffer frame =
        ByteBuffer.allocate(HEADER_BYTES + payload.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(payload.remaining()).putInt(request.number).put(payload).flip();
    int length = frame.remaining();
    try {
      process.writeStdin(sent, frame, false);
    } catch (AtollException refused) {
      if (refused.code() == ErrorCode.FAILED_PRECONDITION) {
        throw BrokenException.end();
      }
      throw refused;
    }
    sent += length;
  }

  /** The next answer; waits for it. */
  Answer answer() throws BrokenException, IOException, InterruptedException {
    ByteBuffer header = ByteBuffer.wrap(bytes(HEADER_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    int length = header.getInt();
    int errno = header.getInt();
    if (length < 0 || length > PIECE_BYTES) {
      throw BrokenException.lie("an answer of %d bytes".formatted(Integer.toUnsignedLong(length)));
    }
    if (errno < MORE_FOLLOWS || errno > HIGHEST_ERRNO) {
      throw BrokenException.lie("an answer with errno " + errno);
    }
    boolean more = errno == MORE_FOLLOWS;
    if (more && length == 0) {
      throw BrokenException.lie("an empty piece that is not the last");
    }
    return new Answer(more ? 0 : errno, bytes(length), more);
  }

  private byte[] bytes(int count) throws BrokenException, IOException, InterruptedException {
    byte[] bytes = new byte[count];
    int have = 0;
    while (have < count) {
      Optional<byte[]> next = answers.next(count - have);
      if (next.isEmpty()) {
        throw BrokenException.end();
      }
      System.arraycopy(next.get(), 0, bytes, have, next.get().length);
      have += next.get().length;
    }
    return bytes;
  }

  /** Ends the process, whatever it does, and forgets it. */
  @Override
  public void close() {
    answers.close();
    process.drop();
  }
}
