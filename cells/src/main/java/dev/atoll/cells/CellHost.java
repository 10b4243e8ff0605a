package dev.atoll.cells;

import dev.atoll.linux.IdMapping;
import java.util.List;

/**
 * This host's side of a tier: the runtime binary, the mount base, the parent cgroup, the network.
 * Everything that it shares with the host carries the instance id of its configuration, so that
 * several servers live side by side; opening it removes what a dead predecessor of the same
 * instance left behind. Thread-safe.
 */
public interface CellHost extends AutoCloseable {
  /** The tier of every cell of this host. */
  Tier tier();

  /** The runtime's own name and version, such as {@code runsc release-20240729.0}. */
  String runtimeVersion();

  /**
   * The mapping between ids inside cells and on the host's file systems. Files that a cell may
   * write must belong to the mapped ids.
   */
  IdMapping idMapping();

  /**
   * The IPv4 addresses that a cell's connections may leave from; see {@link Cell#sourceAddress}.
   */
  List<String> sourceAddresses();

  /**
   * Boots a blank cell and returns when its agent has said hello. Blocks for tens to hundreds of
   * milliseconds.
   *
   * @throws CellException when the cell can't be booted; nothing of it is left
   * @throws InterruptedException when the calling thread is interrupted; nothing of the cell is
   *     left
   */
  Cell boot() throws CellException, InterruptedException;

  /**
   * Boots a blank cell that nobody waits for: as {@link #boot}, but whatever else wants the
   * processors goes first, until it has booted. On a busy host that may take a minute.
   */
  Cell bootInBackground() throws CellException, InterruptedException;

  /**
   * Goes on with a claimed cell of a host of this instance that has died or handed over, and that
   * {@link dev.atoll.cells.host.CellHosts#open} was told to keep. Blocks until its agent has
   * called, which takes tens of milliseconds, or until it turns out that the cell has ended. May be
   * called once for each cell, for several cells at once.
   *
   * @param execs every exec that the cell may know; it forgets others, and kills them
   * @throws CellException when there is no such cell, or nothing is known about it: nothing of it
   *     is left then
   */
  TakenBack takeBack(String cellId, List<KeptExec> execs)
      throws CellException, InterruptedException;

  /**
   * Leaves the claimed cells to the next host of this instance: they run on meanwhile, with their
   * network, and so do those that were not taken back. Blank cells are destroyed. When there is no
   * claimed cell, this is {@link #close}; otherwise that destroys no cell afterwards and removes
   * nothing of the instance. Idempotent.
   */
  void handOver();

  /** Destroys every cell and removes everything that this instance put on the host. */
  @Override
  void close();
}
