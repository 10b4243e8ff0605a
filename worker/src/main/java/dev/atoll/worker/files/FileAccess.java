package dev.atoll.worker.files;

import dev.atoll.worker.files.Conversation.Answer;
import dev.atoll.worker.files.Conversation.BrokenException;
import dev.atoll.worker.files.Conversation.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What can be done with one open file, in terms of its conversation. Of one thread. */
final class FileAccess {
  /** The most that one operation reads. */
  static final long MOST_READ_BYTES = 100L << 20;

  private static final int FIRST_LINE_BYTES = 4 << 10;
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final Conversation conversation;
  private final String name;

  /**
   * A file's operations.
   *
   * @param name what it is called in sentences
   */
  FileAccess(Conversation conversation, String name) {
    this.conversation = conversation;
    this.name = name;
  }

  /** Waits until it is open. */
  void open() throws FileException, BrokenException, IOException, InterruptedException {
    last("open", conversation.answer());
  }

  /**
   * Reads from the position on. When there is more than {@link #MOST_READ_BYTES}, nothing is read.
   *
   * @param wanted at most so many bytes; {@link Long#MAX_VALUE} for all
   */
  void read(long wanted, Operation operation)
      throws FileException, BrokenException, IOException, InterruptedException {
    if (wanted == 0) {
      return;
    }
    long most = Math.min(wanted, MOST_READ_BYTES + 1);
    conversation.send(Request.READ, number(most));
    long got = 0;
    Answer answer;
    do {
      answer = checked("read", conversation.answer());
      got += answer.payload().length;
      if (got > most) {
        throw BrokenException.lie("more bytes than were asked for");
      }
      operation.append(answer.payload(), answer.payload().length);
    } while (answer.more());
    if (got > MOST_READ_BYTES) {
      seek(-got, 1);
      throw tooLong("read", "ask for fewer bytes");
    }
  }

  /** Reads up to and with the next line end, or to the end of the file. */
  void readLine(Operation operation)
      throws FileException, BrokenException, IOException, InterruptedException {
    long got = 0;
    int step = FIRST_LINE_BYTES;
    while (true) {
      conversation.send(Request.READ, number(step));
      byte[] piece = last("read", conversation.answer());
      if (piece.length > step) {
        throw BrokenException.lie("more bytes than were asked for");
      }
      int end = lineEnd(piece);
      if (got + end > MOST_READ_BYTES) {
        seek(-(got + piece.length), 1);
        throw tooLong("read a line of", "read it in pieces");
      }
      operation.append(piece, end);
      got += end;
      if (end < piece.length) {
        seek(end - piece.length, 1);
      }
      if (piece.length == 0 || piece[end - 1] == '\n') {
        return;
      }
      step = Math.min(2 * step, Conversation.PIECE_BYTES);
    }
  }

  /** Writes at the position, or at the end where the mode says so. */
  void write(ByteBuffer bytes)
      throws FileException, BrokenException, IOException, InterruptedException {
    ByteBuffer rest = bytes.slice();
    do {
      int count = Math.min(rest.remaining(), Conversation.PIECE_BYTES);
      conversation.send(Request.WRITE, rest.slice(rest.position(), count));
      rest.position(rest.position() + count);
      last("write", conversation.answer());
    } while (rest.hasRemaining());
  }

  /** Hands what was written to the kernel. */
  void flush() throws FileException, BrokenException, IOException, InterruptedException {
    conversation.send(Request.FLUSH, EMPTY);
    last("flush", conversation.answer());
  }

  /** Moves the position; whence is 0 from the start, 1 from the position, 2 from the end. */
  void seek(long offset, int whence)
      throws FileException, BrokenException, IOException, InterruptedException {
    ByteBuffer payload = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    conversation.send(Request.SEEK, payload.putLong(offset).putInt(whence).flip());
    last("seek in", conversation.answer());
  }

  /** Closes it; whatever the answer, it is closed then. */
  void close() throws FileException, BrokenException, IOException, InterruptedException {
    conversation.send(Request.CLOSE, EMPTY);
    last("close", conversation.answer());
  }

  private byte[] last(String tried, Answer answer) throws FileException, BrokenException {
    if (answer.more()) {
      throw BrokenException.lie("a piece where a whole answer belongs");
    }
    return checked(tried, answer).payload();
  }

  private Answer checked(String tried, Answer answer) throws FileException {
    if (answer.errno() != 0) {
      throw FileException.of(tried + " " + name, answer.errno());
    }
    return answer;
  }

  private FileException tooLong(String tried, String advice) {
    return new FileException(
        Errno.code(Errno.EFBIG),
        "%s %s: more than %d bytes; %s".formatted(tried, name, MOST_READ_BYTES, advice));
  }

  private static int lineEnd(byte[] piece) {
    for (int i = 0; i < piece.length; i++) {
      if (piece[i] == '\n') {
        return i + 1;
      }
    }
    return piece.length;
  }

  private static ByteBuffer number(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).flip();
  }
}
