package dev.atoll.cells.agent;

/** What an agent's link tells the cell that owns it. Calls return at once. */
public interface CellSupervisor {
  /** The agent broke the protocol or is gone: the cell can't go on. */
  void broken(String reason);

  /** The users' init process died, and everything with it. */
  void initKilled();

  /** The lifetime that the claim gave is over. */
  void lifetimeOver();

  /** How often the kernel has killed something in the cell for its memory limit. */
  long outOfMemoryKills();
}
