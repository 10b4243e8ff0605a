package dev.atoll.cells;

/** Why a cell ended. */
public sealed interface CellEnd {
  /** {@link Cell#destroy()} was called. */
  record Destroyed() implements CellEnd {}

  /** The kernel killed the cell for its memory limit. */
  record OutOfMemory() implements CellEnd {}

  /** The lifetime that the claim gave is over. */
  record LifetimeOver() implements CellEnd {}

  /** The users' init process was killed from inside, and every user process with it. */
  record InitKilled() implements CellEnd {}

  /**
   * The runtime or the agent died, or broke the protocol.
   *
   * @param reason a sentence for the operator's log
   */
  record Crashed(String reason) implements CellEnd {}
}
