package dev.atoll.cells.runtime;

import dev.atoll.linux.IdMapping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What differs between the tiers when a cell boots and when it ends. */
public sealed interface CellRuntime permits GvisorRuntime, RuncRuntime {
  /** Root inside the kernel-namespace tier is this id outside. */
  int MAPPED_ROOT = 100_000;

  /** How many ids are mapped from there. */
  int MAPPED_IDS = 65_536;

  /** How ids inside appear outside. */
  IdMapping idMapping();

  /** The filter of user processes, as struct sock_filter; empty when the tier needs none. */
  byte[] seccomp();

  /** The OCI configuration of the cell, in JSON. */
  byte[] config(BootPlan plan);

  /** The shell script that boots it. */
  String script(BootPlan plan);

  /** The processes whose death is the cell's. */
  List<Integer> processes(BootPlan plan) throws IOException;

  /**
   * Folders below a dock entry that may hold FIFOs which the host can't see, because only the
   * cell's own kernel has them. Empty in a tier where the host has them.
   *
   * @return paths as the cell's users see them when the entry is their root, raw; some may be no
   *     folders
   */
  List<String> foldersOfUnseenFifos(BootPlan plan, Path dockEntry) throws IOException;

  /** Whether a cell has a kernel of its own, which may keep changes of files for a while. */
  boolean hasOwnKernel();

  /** Whether a cell in which nothing happens burns CPU all the same. */
  boolean blankCellsTick();

  /** Processes and threads of the tier's own that count as the cell's. */
  int ownProcesses();

  /** The runtime's files of a cell that has ended, relative to its state folder. */
  List<Path> stateFiles(String id);
}
