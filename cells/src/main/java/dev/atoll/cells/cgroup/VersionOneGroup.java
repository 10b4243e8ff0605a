package dev.atoll.cells.cgroup;

import dev.atoll.cells.Limits;
import dev.atoll.cells.ResourceUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A group of version 1 (Documentation/admin-guide/cgroup-v1 of the kernel). */
record VersionOneGroup(
    String path,
    Path memory,
    Path cpu,
    Path accounting,
    Path tasks,
    Path freezer,
    List<Path> everywhere)
    implements ControlGroup {
  private static final String STATE = "freezer.state";
  private static final int PERIOD_MICROS = 100_000;
  private static final int LEAST_QUOTA_MICROS = 1_000;
  private static final int LEAST_SHARES = 2;
  // An eighth of a sandbox's that requests the usual eighth of a core.
  private static final int YIELDING_SHARES = 16;
  private static final int USUAL_SHARES = 1024;

  @Override
  public List<Path> entrances() {
    Set<Path> folders = new LinkedHashSet<>(List.of(memory, cpu, accounting, tasks, freezer));
    return folders.stream().map(folder -> folder.resolve("cgroup.procs")).toList();
  }

  @Override
  public void limit(Limits limits) throws IOException {
    String bytes = Long.toString(limits.memoryBytes());
    boolean countsSwap = Files.exists(memory.resolve("memory.memsw.limit_in_bytes"));
    if (countsSwap) {
      // Memory plus swap may never be less than memory: out of the way while that changes.
      GroupFiles.write(memory, "memory.memsw.limit_in_bytes", "-1");
    }
    GroupFiles.write(memory, "memory.limit_in_bytes", bytes);
    if (countsSwap) {
      GroupFiles.write(memory, "memory.memsw.limit_in_bytes", bytes);
    }
    long quota = Math.max(LEAST_QUOTA_MICROS, limits.cpuMillis() * (PERIOD_MICROS / 1000L));
    GroupFiles.write(cpu, "cpu.cfs_period_us", Integer.toString(PERIOD_MICROS));
    GroupFiles.write(cpu, "cpu.cfs_quota_us", Long.toString(quota));
    long shares = Math.max(LEAST_SHARES, limits.cpuShare() * 1024L / 1000);
    GroupFiles.write(cpu, "cpu.shares", Long.toString(shares));
    GroupFiles.write(tasks, "pids.max", Integer.toString(limits.processes()));
  }

  @Override
  public void giveWay(boolean yields) throws IOException {
    GroupFiles.write(cpu, "cpu.shares", Integer.toString(yields ? YIELDING_SHARES : USUAL_SHARES));
  }

  @Override
  public ResourceUsage usage() throws IOException {
    return new ResourceUsage(
        GroupFiles.readNumber(memory, "memory.max_usage_in_bytes"),
        Duration.ofNanos(GroupFiles.readNumber(accounting, "cpuacct.usage")),
        outOfMemoryKills());
  }

  @Override
  public long outOfMemoryKills() throws IOException {
    return GroupFiles.readTable(memory, "memory.oom_control").getOrDefault("oom_kill", 0L);
  }

  @Override
  public void freeze() throws IOException, InterruptedException {
    boolean frozen = false;
    try {
      GroupFiles.write(freezer, STATE, "FROZEN");
      GroupFiles.awaitLine(freezer, STATE, "FROZEN");
      frozen = true;
    } finally {
      if (!frozen) {
        thaw();
      }
    }
  }

  @Override
  public void thaw() throws IOException {
    try {
      GroupFiles.write(freezer, STATE, "THAWED");
    } catch (NoSuchFileException e) {
      return; // The group is gone, or a predecessor never made one in this hierarchy.
    }
  }

  @Override
  public boolean kill() {
    return false;
  }

  @Override
  public List<Integer> processes() throws IOException {
    // Union: a process may have entered some hierarchies only, when it was killed on its way in.
    Set<Integer> processes = new LinkedHashSet<>();
    for (Path folder : everywhere) {
      // The group is in some hierarchies only, and an exception for each other one is dear.
      if (Files.exists(folder)) {
        processes.addAll(GroupFiles.readProcesses(folder));
      }
    }
    return List.copyOf(processes);
  }

  @Override
  public void remove() throws IOException {
    VersionOneGroups.removeAll(everywhere);
  }
}
