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
   * The exec is about to be started under a number, which never changes. Called before anything
   * else, by the thread that asks for the start.
   *
   * @param outOfMemoryBefore how often something of the cell was killed for its memory before
   * @throws CellException when it must not be started
   */
  default void numbered(int number, long outOfMemoryBefore) throws CellException {}

  /**
   * Bytes of a stream, without gap or repeat. The buffer is valid only during the call.
   *
   * @param offset where in the stream the bytes begin
   */
  void output(Stream stream, long offset, ByteBuffer bytes);

  /** A stream has ended; no byte follows. */
  void outputEnd(Stream stream, long offset);

  /** How far stdin has come. */
  void stdin(StdinProgress progress);

  /** The process has ended. Output may still follow. Called once. */
  void exited(ExecEnd end);

  /**
   * Whether the end that {@link #exited} told is safe: the cell forgets it then, and otherwise
   * tells it again to a later worker.
   */
  default boolean isEndKept() {
    return true;
  }
}
