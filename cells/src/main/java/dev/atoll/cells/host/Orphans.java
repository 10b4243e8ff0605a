package dev.atoll.cells.host;

import dev.atoll.cells.cgroup.ControlGroup;
import dev.atoll.cells.cgroup.ControlGroups;
import dev.atoll.cells.network.HostNetwork;
import dev.atoll.cells.process.GroupKiller;
import dev.atoll.linux.ProcessWatcher;
import java.io.IOException;

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
    try (ProcessWatcher watcher = ProcessWatcher.start()) {
      GroupKiller killer = new GroupKiller(watcher);
      for (ControlGroup group : groups.list()) {
        killer.killAll(group);
        group.remove();
      }
    }
    base.remove();
    HostNetwork.clear(instanceId, MountBase.shared());
  }

  /** Removes everything. */
  void clear() throws IOException, InterruptedException {
    clearCells();
    groups.remove();
  }
}
