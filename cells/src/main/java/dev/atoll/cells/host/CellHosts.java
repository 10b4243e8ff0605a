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
import dev.atoll.errors.ErrorCode;
import dev.atoll.linux.Prctl;
import dev.atoll.linux.ProcessWatcher;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;

/** Opens this host for cells. */
public final class CellHosts {
  private CellHosts() {}

  /**
   * Checks the host, removes what a dead predecessor of the same instance left, and prepares
   * mounts, control groups, network and name forwarder. Blocks for tenths of seconds. Makes this
   * process the parent of its orphans, for ever (prctl(2), PR_SET_CHILD_SUBREAPER).
   *
   * @throws AtollException FAILED_PRECONDITION when the host lacks something, which the message
   *     names, or when another process uses the state folder; INVALID_ARGUMENT for a bad
   *     configuration
   * @throws IOException when the host refuses something that it should not
   */
  public static CellHost open(CellHostConfig config) throws IOException, InterruptedException {
    String version = HostCheck.check(config);
    FileChannel lock = lock(config);
    try {
      return open(config, version, lock);
    } catch (IOException | InterruptedException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static CellHost open(CellHostConfig config, String version, FileChannel lock)
      throws IOException, InterruptedException {
    Prctl.becomeSubreaper();
    CellRuntime runtime =
        switch (config.tier()) {
          case GVISOR -> new GvisorRuntime(config.runtime());
          case RUNC -> new RuncRuntime(config.runtime(), SeccompFilter.compile());
        };
    ControlGroups groups = ControlGroups.open("atoll-" + config.instanceId());
    MountBase base = MountBase.of(config.instanceId());
    Orphans orphans = new Orphans(config.instanceId(), base, groups);
    orphans.clearCells();
    try {
      base.create(runtime.idMapping());
      HostNetwork network =
          HostNetwork.open(
              config.instanceId(),
              config.network(),
              MountBase.shared(),
              base.runtimeState(),
              groups.create("forwarder"));
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
              lock));
    } catch (IOException | InterruptedException | RuntimeException e) {
      orphans.clear();
      throw e;
    }
  }

  private static FileChannel lock(CellHostConfig config) throws IOException {
    FileChannel channel =
        FileChannel.open(
            config.stateDirectory().resolve("cells.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw inUse(config);
    }
    channel.close();
    throw inUse(config);
  }

  private static AtollException inUse(CellHostConfig config) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "another server uses the state folder "
            + config.stateDirectory()
            + ": stop it, or choose another folder");
  }
}
