package dev.atoll.cells;

/** How an exec ended. */
public sealed interface ExecEnd {
  /** It returned an exit code, 0 to 255. */
  record Exited(int code) implements ExecEnd {}

  /**
   * A signal killed it.
   *
   * @param signal the signal's number
   * @param timeout whether it was the agent's, at the end of the exec's timeout
   * @param outOfMemory whether the kernel killed something in this cell for its memory limit
   *     meanwhile
   */
  record Signalled(int signal, boolean timeout, boolean outOfMemory) implements ExecEnd {}

  /** The whole cell ended, and the exec with it. */
  record CellEnded(CellEnd cause) implements ExecEnd {}
}
