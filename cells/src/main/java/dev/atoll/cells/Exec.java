package dev.atoll.cells;

import java.nio.ByteBuffer;

/** A process that was started in a cell. Thread-safe; every call returns at once. */
public interface Exec {
  /** The number that the worker and the agent know it by; unique in its cell. */
  int number();

  /**
   * Says that everything of the stream below the offset is kept, so that the agent may forget it.
   */
  void acknowledge(ExecListener.Stream stream, long offset);

  /**
   * Sends bytes to stdin.
   *
   * @param offset where in the stream they begin; bytes that were sent before are ignored
   * @param end whether the input ends after them
   * @return how many of the bytes were accepted: fewer when the process reads slowly (256 KiB are
   *     buffered); {@link ExecListener#stdin} tells when to go on
   */
  int writeStdin(long offset, ByteBuffer bytes, boolean end);

  /** Sends a signal. Without effect once the process has ended. */
  void signal(int signal, Scope scope);

  /** Changes a terminal's size. Without effect on pipes. */
  void resize(int rows, int columns);

  /** Forgets the exec: it is killed if it still runs, and its output is discarded. */
  void drop();

  /** Whom a signal reaches. */
  enum Scope {
    PROCESS,
    GROUP,
    SESSION
  }
}
