package dev.atoll.guest;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** The worker's side of one connection, blocking; it acknowledges output as it reads it. */
final class Worker implements AutoCloseable {
  static final long DOCKER_CAPABILITIES = 0xa80425fbL;
  final SocketChannel channel;
  final Frame hello;
  private final ByteBuffer input = Frame.buffer(4 << 20).flip();

  Worker(SocketChannel channel) throws IOException {
    this.channel = channel;
    hello = read();
    if (hello.type() != Frame.HELLO) {
      throw new IOException("first frame " + hello);
    }
  }

  /** What a process did, as far as the worker was told. */
  record Result(int status, int flags, String out, String err, byte[] bytes) {
    int code() {
      return (status & 0x7f) == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f);
    }
  }

  void send(int type, int exec, byte[] payload) throws IOException {
    ByteBuffer frame = Frame.buffer(16 + payload.length);
    frame.putInt(payload.length).putInt(type).putInt(exec).putInt(0).put(payload).flip();
    raw(frame);
  }

  void raw(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  Frame read() throws IOException {
    while (input.remaining() < 16 || input.remaining() < 16 + input.getInt(input.position())) {
      input.compact();
      int count = channel.read(input);
      input.flip();
      if (count < 0) {
        throw new EOFException();
      }
    }
    byte[] payload = new byte[input.getInt()];
    int type = input.getInt();
    int exec = input.getInt();
    input.getInt();
    input.get(payload);
    return new Frame(type, exec, payload);
  }

  Frame await(int type, int exec) throws IOException {
    return await(frame -> frame.type() == type && frame.exec() == exec);
  }

  /** Reads until a frame is the wanted one; the others are dropped. */
  Frame await(Predicate<Frame> wanted) throws IOException {
    Frame frame;
    do {
      frame = read();
    } while (!wanted.test(frame));
    return frame;
  }

  Fields claimFields() {
    return new Fields()
        .text(1, "img1")
        .text(2, "sandbox")
        .add(3, Fields.pair(0644, "/etc/hosts", "the worker's\n"))
        .add(3, Fields.pair(0644, "/etc/missing", "nobody's\n"))
        .add(4, Fields.pair(1, "vol1", "/data"))
        .number(5, DOCKER_CAPABILITIES);
  }

  void claim() throws IOException {
    claim(claimFields());
  }

  void claim(Fields fields) throws IOException {
    send(Frame.CLAIM, 0, fields.bytes());
    Frame claimed = await(Frame.CLAIMED, 0);
    if (claimed.body().getInt() != 0) {
      throw new IOException("claim: errno " + claimed.body().getInt() + " at " + claimed.text(8));
    }
  }

  static Fields command(int stdin, String... argv) {
    return new Fields()
        .add(1, Fields.texts(argv))
        .add(2, Fields.texts("PATH=/usr/bin:/bin", "HOME=/root"))
        .text(3, "/")
        .add(4, new byte[8])
        .add(5, new byte[] {(byte) stdin, 1, 1, 0});
  }

  void start(int exec, Fields fields) throws IOException {
    send(Frame.EXEC, exec, fields.bytes());
    Frame started = await(Frame.STARTED, exec);
    if (started.body().getInt() != 0) {
      throw new IOException("exec: errno " + started.body().getInt() + " at " + started.text(12));
    }
  }

  /** Starts a shell command and waits for its end. */
  Result shell(int exec, String script) throws IOException {
    start(exec, command(0, "sh", "-c", script));
    return finish(exec);
  }

  void stdin(int exec, long offset, byte[] bytes, boolean end) throws IOException {
    ByteBuffer payload = Frame.buffer(16 + bytes.length);
    payload.putLong(offset).putInt(end ? 1 : 0).putInt(0).put(bytes);
    send(Frame.STDIN, exec, payload.array());
  }

  void acknowledge(int exec, int stream, long offset) throws IOException {
    send(Frame.ACK, exec, Frame.buffer(16).putInt(stream).putInt(0).putLong(offset).array());
  }

  void signal(int exec, int signal, int scope) throws IOException {
    send(Frame.SIGNAL, exec, Frame.buffer(8).putInt(signal).putInt(scope).array());
  }

  Result finish(int exec) throws IOException {
    return finish(exec, new Collected());
  }

  /** What came of an exec so far, over any number of connections. */
  static final class Collected {
    final ByteArrayOutputStream[] streams = {
      new ByteArrayOutputStream(), new ByteArrayOutputStream()
    };
    final boolean[] ended = new boolean[2];
    int[] exit = {};

    boolean complete() {
      return exit.length > 0 && ended[0] && ended[1];
    }
  }

  Result finish(int exec, Collected collected) throws IOException {
    while (!collected.complete()) {
      Frame frame = read();
      if (frame.exec() == exec) {
        take(frame, collected);
      }
    }
    send(Frame.EXIT_ACK, exec, new byte[0]);
    byte[] out = collected.streams[0].toByteArray();
    return new Result(
        collected.exit[0],
        collected.exit[1],
        new String(out, StandardCharsets.UTF_8),
        collected.streams[1].toString(StandardCharsets.UTF_8),
        out);
  }

  /** Keeps what is new of a frame, and checks that nothing is missing before it. */
  void take(Frame frame, Collected collected) throws IOException {
    ByteBuffer body = frame.body();
    switch (frame.type()) {
      case Frame.STDOUT, Frame.STDERR -> {
        int stream = frame.type() - Frame.STDOUT;
        ByteArrayOutputStream kept = collected.streams[stream];
        long skip = kept.size() - body.getLong();
        if (skip < 0) {
          throw new IOException("a gap of " + -skip + " bytes");
        }
        int from = (int) Math.min(8 + skip, frame.payload().length);
        kept.write(frame.payload(), from, frame.payload().length - from);
        acknowledge(frame.exec(), stream + 1, kept.size());
      }
      case Frame.END -> {
        int stream = body.getInt() - 1;
        if (body.getLong(8) != collected.streams[stream].size()) {
          throw new IOException("ended at " + body.getLong(8));
        }
        collected.ended[stream] = true;
      }
      case Frame.EXIT -> collected.exit = new int[] {body.getInt(), body.getInt()};
      default -> {}
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
