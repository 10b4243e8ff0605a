package dev.atoll.cells.host;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes a whole input as a process takes it. */
final class Stdin {
  private static final long LIMIT_NANOS = 60_000_000_000L;

  private Stdin() {}

  /** Writes a little, and returns when the cell has it. */
  static void writeSome(Recording recording, long offset, String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    recording.exec().writeStdin(offset, ByteBuffer.wrap(bytes), false);
    recording.awaitStdinBeyond(offset + bytes.length - 1, System.nanoTime() + LIMIT_NANOS);
  }

  static void writeAll(Recording recording, byte[] input) throws Exception {
    long end = System.nanoTime() + LIMIT_NANOS;
    long offset = 0;
    boolean done = false;
    while (!done) {
      ByteBuffer rest = ByteBuffer.wrap(input, (int) offset, input.length - (int) offset);
      long taken = recording.stdinTaken();
      offset += recording.exec().writeStdin(offset, rest, true);
      done = offset == input.length;
      if (!done) {
        recording.awaitStdinBeyond(taken, end);
      }
    }
  }
}
