package dev.atoll.cells;

import java.nio.ByteBuffer;

/**
 * Gets an exec's output and end. Called on the cell's one reading thread, in order: a call that
 * blocks stalls every exec of the cell, so it must only hand over or append to a file. Bytes count
 * as kept only once {@link Exec#acknowledge} was called; at most 1 MiB a stream is outstanding,
 * then the process waits.
 */
public interface ExecListener {
  /** The two output streams. */
  enum Stream {
    STDOUT,
    STDERR
  }

  /**
   * Bytes of a stream, without gap or repeat. The buffer is valid only during the call.
   *
   * @param offset where in the stream the bytes begin
   */
  void output(Stream stream, long offset, ByteBuffer bytes);

  /** A stream has ended; no byte follows. */
  void outputEnd(Stream stream, long offset);

  /** How much of stdin the process has taken, and whether it reads on. */
  void stdinTaken(long offset, boolean closed);

  /** The process has ended. Output may still follow. Called once. */
  void exited(ExecEnd end);
}
