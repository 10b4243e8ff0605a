package dev.atoll.worker.files;

import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.ExecListener.Stream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A process that serves a file, or pretends to: it answers each request with the bytes that a test
 * gives, whatever they are. What it hears and says passes through one thread, as in a cell.
 */
final class ScriptedProcess implements Exec, AutoCloseable {
  private static final int HEADER_BYTES = 8;

  private final ExecListener listener;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final Queue<byte[]> answers = new ArrayDeque<>();
  private final List<byte[]> requests = new ArrayList<>();
  private ByteBuffer input = ByteBuffer.allocate(4 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private long sent;
  private boolean dropped;

  ScriptedProcess(ExecListener listener) {
    this.listener = listener;
  }

  /** The bytes of an answer. */
  static byte[] answer(int errno, byte[] payload) {
    return ByteBuffer.allocate(HEADER_BYTES + payload.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(payload.length)
        .putInt(errno)
        .put(payload)
        .array();
  }

  /** The next requests' answers, in order. */
  synchronized void answers(byte[]... next) {
    answers.addAll(List.of(next));
  }

  /** Says something that nobody asked for. */
  void says(byte[] bytes) {
    thread.execute(() -> output(bytes));
  }

  /** Ends it as a kill does, or as the end of its cell does. */
  void ends(ExecEnd end) {
    thread.execute(
        () -> {
          listener.outputEnd(Stream.STDOUT, sent);
          listener.exited(end);
        });
  }

  /** What it was asked: operation and payload. */
  synchronized List<byte[]> requests() {
    return List.copyOf(requests);
  }

  synchronized boolean isDropped() {
    return dropped;
  }

  @Override
  public int number() {
    return 1;
  }

  @Override
  public void acknowledge(Stream stream, long offset) {}

  @Override
  public synchronized int writeStdin(long offset, ByteBuffer bytes, boolean end) {
    int count = bytes.remaining();
    input.put(bytes);
    input.flip();
    while (input.remaining() >= HEADER_BYTES
        && input.remaining() >= HEADER_BYTES + input.getInt(input.position())) {
      byte[] request = new byte[HEADER_BYTES + input.getInt(input.position())];
      input.get(request);
      requests.add(request);
      byte[] next = answers.poll();
      if (next != null) {
        says(next);
      }
    }
    input.compact();
    return count;
  }

  @Override
  public void signal(int signal, Scope scope) {}

  @Override
  public void resize(int rows, int columns) {}

  @Override
  public synchronized void drop() {
    dropped = true;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void output(byte[] bytes) {
    listener.output(Stream.STDOUT, sent, ByteBuffer.wrap(bytes));
    sent += bytes.length;
  }
}
