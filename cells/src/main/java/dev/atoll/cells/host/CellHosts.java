package dev.atoll.cells.host;

import dev.atoll.cells.CellHost;
import dev.atoll.cells.CellHostConfig;
import dev.atoll.cells.cgroup.ControlGroups;
import dev.atoll.cells.host.LocalCellHost.HostParts;
import dev.atoll.cells.network.HostNetwork;
import dev.atoll.cells.runtime.CellRuntime;
import dev.atoll.cells.runtime.GvisorRuntime;
import dev.atoll.cells.runtime.RuncRuntime;
import dev.atoll.cells.seccomp.SeccompFilter;
import dev.atoll.errors.AtollException;
import dev.atoll.linux.Prctl;
import dev.atoll.linux.ProcessWatcher;
import java.io.IOException;
import java.util.Set;

/** Opens this host for cells. */
public final class CellHosts {
  private CellHosts() {}

  /**
   * Checks the host, removes what a dead predecessor of the same instance left, and prepares
   * mounts, control groups, network and name forwarder. Blocks for tenths of seconds. Makes this
   * process the parent of its orphans, for ever (prctl(2), PR_SET_CHILD_SUBREAPER).
   *
   * @param kept ids of claimed cells of a predecessor that are not removed: {@link
   *     CellHost#takeBack} goes on with them. Those that are gone are no failure
   * @throws AtollException FAILED_PRECONDITION when the host lacks something, which the message
   *     names, when another process uses the state folder or the instance id, or when cells that
   *     are to be kept run in another tier; INVALID_ARGUMENT for a bad configuration
   * @throws IOException when the host refuses something that it should not
   */
  public static CellHost open(CellHostConfig config, Set<String> kept)
      throws IOException, InterruptedException {
    String version = HostCheck.check(config);
    MountBase base = MountBase.of(config.instanceId());
    InstanceLock lock = InstanceLock.take(config, base);
    try {
      return open(config, kept, version, base, lock);
    } catch (IOException | InterruptedException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static CellHost open(
      CellHostConfig config, Set<String> kept, String version, MountBase base, InstanceLock lock)
      throws IOException, InterruptedException {
    Prctl.becomeSubreaper();
    CellRuntime runtime =
        switch (config.tier()) {
          case GVISOR -> new GvisorRuntime(config.runtime());
          case RUNC -> new RuncRuntime(config.runtime(), SeccompFilter.compile());
        };
    ControlGroups groups = ControlGroups.open("atoll-" + config.instanceId());
    Orphans orphans = new Orphans(config.instanceId(), base, groups);
    Survivors survivors = Survivors.find(base, groups, kept);
    survivors.requireTier(config.tier(), groups);
    if (survivors.isEmpty()) {
      orphans.clearCells();
    } else {
      orphans.clearAllBut(survivors, runtime);
    }
    try {
      if (survivors.isEmpty()) {
        base.create(runtime.idMapping());
      } else {
        base.takeOver();
      }
      lock.mark(base);
      HostNetwork network =
          HostNetwork.open(
              config.instanceId(),
              config.network(),
              new HostNetwork.Place(
                  MountBase.shared(), base.runtimeState(), groups.create("forwarder")),
              survivors.slots());
      return new LocalCellHost(
          new HostParts(
              config.tier(),
              version,
              config.processLimit(),
              runtime,
              base,
              groups,
              network,
              ProcessWatcher.start(),
              orphans,
              lock),
          survivors);
    } catch (IOException | InterruptedException | RuntimeException e) {
      // Survivors stay for the next try.
      if (survivors.isEmpty()) {
        orphans.clear();
      }
      throw e;
    }
  }
}
