package dev.atoll.cells.agent;

import dev.atoll.cells.ExecListener.Stream;
import dev.atoll.cells.StdinProgress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Turns a frame of the agent into a message, or says which rule it breaks. */
final class MessageParser {
  private static final int KNOWN_EXEC = 40;
  private static final int MOST_STEP = 1024;

  /** A dock path and PATH_MAX. */
  private static final int MOST_LOCATION = 255 + 4096;

  private MessageParser() {}

  /**
   * Parses a payload.
   *
   * @param payload little-endian, exactly the frame's bytes
   */
  static AgentMessage parse(int type, int exec, ByteBuffer payload) throws ProtocolException {
    return switch (type) {
      case Protocol.HELLO -> hello(exec, payload);
      case Protocol.CLAIMED -> {
        cell("CLAIMED", exec);
        size("CLAIMED", payload, 8, 8 + MOST_STEP);
        int errno = errno("CLAIMED", payload);
        payload.getInt();
        yield new AgentMessage.Claimed(errno, text(payload));
      }
      case Protocol.STARTED -> {
        size("STARTED", payload, 12, 12 + MOST_STEP);
        int errno = errno("STARTED", payload);
        payload.getLong();
        yield new AgentMessage.Started(number("STARTED", exec), errno, text(payload));
      }
      case Protocol.STDOUT -> output(Stream.STDOUT, exec, payload);
      case Protocol.STDERR -> output(Stream.STDERR, exec, payload);
      case Protocol.END -> {
        size("END", payload, 16, 16);
        int stream = payload.getInt();
        payload.getInt();
        if (stream != 1 && stream != 2) {
          throw new ProtocolException("END names the stream " + stream);
        }
        yield new AgentMessage.End(
            number("END", exec),
            stream == 1 ? Stream.STDOUT : Stream.STDERR,
            offset("END", payload));
      }
      case Protocol.STDIN_ACK -> {
        size("STDIN_ACK", payload, 24, 24);
        long taken = offset("STDIN_ACK", payload);
        int flags = payload.getInt();
        payload.getInt();
        long received = offset("STDIN_ACK", payload);
        if (received < taken) {
          throw new ProtocolException("STDIN_ACK says that more was taken than was received");
        }
        yield new AgentMessage.StdinTaken(
            number("STDIN_ACK", exec),
            new StdinProgress(received, taken, (flags & 2) != 0, (flags & 1) != 0));
      }
      case Protocol.EXIT -> {
        size("EXIT", payload, 32, 32);
        int status = payload.getInt();
        yield new AgentMessage.Exit(number("EXIT", exec), status, (payload.getInt() & 1) != 0);
      }
      case Protocol.PONG -> {
        cell("PONG", exec);
        size("PONG", payload, Integer.BYTES, Integer.BYTES);
        yield new AgentMessage.Pong(payload.getInt());
      }
      case Protocol.DONE -> {
        cell("DONE", exec);
        size("DONE", payload, 8, 8 + MOST_STEP);
        int request = payload.getInt();
        int errno = errno("DONE", payload);
        yield new AgentMessage.Done(request, errno, text(payload));
      }
      case Protocol.LOCATED -> {
        cell("LOCATED", exec);
        size("LOCATED", payload, 9, 9 + MOST_LOCATION);
        int request = payload.getInt();
        if (payload.getInt() != 0) {
          throw new ProtocolException("LOCATED has a number where there is none");
        }
        String[] parts = StandardCharsets.ISO_8859_1.decode(payload).toString().split("\0", -1);
        if (parts.length != 2 || parts[1].startsWith("/")) {
          throw new ProtocolException("LOCATED has no source and relative path");
        }
        yield new AgentMessage.Located(request, parts[0], parts[1]);
      }
      case Protocol.DEAD -> {
        cell("DEAD", exec);
        size("DEAD", payload, 8, 8);
        yield new AgentMessage.Dead(payload.getInt());
      }
      default -> throw new ProtocolException("a frame has the unknown type " + type);
    };
  }

  private static AgentMessage hello(int exec, ByteBuffer payload) throws ProtocolException {
    cell("HELLO", exec);
    size("HELLO", payload, 16, 16 + Protocol.MOST_EXECS * KNOWN_EXEC);
    int version = Short.toUnsignedInt(payload.getShort());
    if (version != Protocol.VERSION) {
      throw new ProtocolException("HELLO says version " + version + ", not " + Protocol.VERSION);
    }
    payload.getShort();
    int count = payload.getInt();
    long features = payload.getLong();
    if (payload.remaining() % KNOWN_EXEC != 0 || payload.remaining() / KNOWN_EXEC != count) {
      throw new ProtocolException("HELLO counts " + count + " execs, which its length denies");
    }
    List<AgentMessage.KnownExec> execs = new ArrayList<>(count);
    Set<Integer> numbers = new HashSet<>();
    for (int i = 0; i < count; i++) {
      int number = number("HELLO", payload.getInt());
      if (!numbers.add(number)) {
        throw new ProtocolException("HELLO lists exec " + number + " twice");
      }
      boolean exited = (payload.getInt() & 1) != 0;
      long stdout = offset("HELLO", payload);
      long stderr = offset("HELLO", payload);
      long stdin = offset("HELLO", payload);
      payload.getInt();
      int waiting = payload.getInt();
      if (waiting < 0 || waiting > Protocol.INPUT_WINDOW) {
        throw new ProtocolException("HELLO says that " + waiting + " bytes of stdin wait");
      }
      execs.add(new AgentMessage.KnownExec(number, exited, stdout, stderr, stdin, stdin + waiting));
    }
    return new AgentMessage.Hello(features, List.copyOf(execs));
  }

  private static AgentMessage output(Stream stream, int exec, ByteBuffer payload)
      throws ProtocolException {
    size(stream.name(), payload, 9, Protocol.MOST_PAYLOAD);
    long offset = offset(stream.name(), payload);
    if (offset > Long.MAX_VALUE - payload.remaining()) {
      throw new ProtocolException(stream + " has an offset beyond every file");
    }
    return new AgentMessage.Output(number(stream.name(), exec), stream, offset, payload);
  }

  private static void size(String name, ByteBuffer payload, int least, int most)
      throws ProtocolException {
    if (payload.remaining() < least || payload.remaining() > most) {
      throw new ProtocolException(name + " has a payload of " + payload.remaining() + " bytes");
    }
  }

  private static int number(String name, int exec) throws ProtocolException {
    if (exec <= 0) {
      throw new ProtocolException(name + " names the exec " + exec);
    }
    return exec;
  }

  private static void cell(String name, int exec) throws ProtocolException {
    if (exec != 0) {
      throw new ProtocolException(name + " concerns the cell but names the exec " + exec);
    }
  }

  private static long offset(String name, ByteBuffer payload) throws ProtocolException {
    long offset = payload.getLong();
    if (offset < 0) {
      throw new ProtocolException(name + " has a negative offset");
    }
    return offset;
  }

  private static int errno(String name, ByteBuffer payload) throws ProtocolException {
    int errno = payload.getInt();
    if (errno < 0 || errno > 4095) {
      throw new ProtocolException(name + " has the errno " + errno);
    }
    return errno;
  }

  private static String text(ByteBuffer payload) {
    String text = StandardCharsets.UTF_8.decode(payload).toString();
    // It goes to logs and messages: no control characters of a stranger.
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
