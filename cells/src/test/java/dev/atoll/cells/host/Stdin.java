package dev.atoll.cells.host;

import java.nio.ByteBuffer;

/** Writes a whole input as a process takes it. */
final class Stdin {
  private static final long LIMIT_NANOS = 60_000_000_000L;

  private Stdin() {}

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
