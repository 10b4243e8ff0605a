package dev.atoll.cells.host;

import dev.atoll.cells.cgroup.ControlGroup;
import dev.atoll.cells.cgroup.ControlGroups;
import dev.atoll.cells.network.HostNetwork;
import dev.atoll.cells.process.GroupKiller;
import dev.atoll.cells.runtime.CellRuntime;
import dev.atoll.linux.ProcessWatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Removes whatever an instance has on the host: after the death of its server, and at the end of an
 * ordered close. Processes are found in the instance's control groups, where nobody else's can be.
 *
 * @param instanceId whose
 * @param base its mounts
 * @param groups its control groups
 */
record Orphans(String instanceId, MountBase base, ControlGroups groups) {
  /**
   * Removes everything but the instance's empty parent group.
   *
   * @throws IOException when something can't be removed
   */
  void clearCells() throws IOException, InterruptedException {
    killAllBut(new Survivors(Map.of()));
    base.remove();
    HostNetwork.clear(instanceId, MountBase.shared());
  }

  /** Removes what is neither of the survivors nor of the network, which is taken over. */
  void clearAllBut(Survivors survivors, CellRuntime runtime) throws IOException {
    killAllBut(survivors);
    for (Path cell : base.cellFolders()) {
      String id = cell.getFileName().toString();
      if (!survivors.records().containsKey(id)) {
        CellFolder.of(cell).remove();
        for (Path file : runtime.stateFiles(id)) {
          Files.deleteIfExists(base.runtimeState().resolve(file));
        }
      }
    }
  }

  private void killAllBut(Survivors survivors) throws IOException {
    try (ProcessWatcher watcher = ProcessWatcher.start()) {
      GroupKiller killer = new GroupKiller(watcher);
      for (ControlGroup group : groups.list()) {
        if (!survivors.own(group)) {
          killer.killAll(group);
          group.remove();
        }
      }
    }
  }

  /** Removes everything. */
  void clear() throws IOException, InterruptedException {
    clearCells();
    groups.remove();
  }
}
