package dev.atoll.cells.cgroup;

import dev.atoll.cells.Limits;
import dev.atoll.cells.ResourceUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A group of version 2 (Documentation/admin-guide/cgroup-v2.rst of the kernel). */
record VersionTwoGroup(String path, Path folder) implements ControlGroup {
  private static final String FREEZE = "cgroup.freeze";
  private static final String KILL = "cgroup.kill";
  private static final int PERIOD_MICROS = 100_000;
  private static final int LEAST_QUOTA_MICROS = 1_000;
  // Of version 1's shares 16 and 1024.
  private static final int YIELDING = 2;
  private static final int USUAL = 100;

  @Override
  public List<Path> entrances() {
    return List.of(folder.resolve("cgroup.procs"));
  }

  @Override
  public void limit(Limits limits) throws IOException {
    if (Files.exists(folder.resolve("memory.swap.max"))) {
      GroupFiles.write(folder, "memory.swap.max", "0");
    }
    limitMemory(limits.memoryBytes());
    long quota = Math.max(LEAST_QUOTA_MICROS, limits.cpuMillis() * (PERIOD_MICROS / 1000L));
    GroupFiles.write(folder, "cpu.max", quota + " " + PERIOD_MICROS);
    GroupFiles.write(folder, "cpu.weight", Long.toString(weight(limits.cpuShare())));
    GroupFiles.write(folder, "pids.max", Integer.toString(limits.processes()));
  }

  /**
   * Version 2 makes room for a lower limit by killing. What version 1 does, and users expect, is to
   * reclaim what can be, and to refuse the limit if that isn't enough: memory.high reclaims when it
   * is written, and kills nobody.
   */
  private void limitMemory(long bytes) throws IOException {
    if (GroupFiles.readNumber(folder, "memory.current") <= bytes) {
      GroupFiles.write(folder, "memory.max", Long.toString(bytes));
      return;
    }
    GroupFiles.write(folder, "memory.high", Long.toString(bytes));
    try {
      long used = GroupFiles.readNumber(folder, "memory.current");
      if (used > bytes) {
        throw new IOException(used + " bytes of memory are in use, more than the limit " + bytes);
      }
      GroupFiles.write(folder, "memory.max", Long.toString(bytes));
    } finally {
      GroupFiles.write(folder, "memory.high", "max");
    }
  }

  @Override
  public void giveWay(boolean yields) throws IOException {
    GroupFiles.write(folder, "cpu.weight", Integer.toString(yields ? YIELDING : USUAL));
  }

  @Override
  public ResourceUsage usage() throws IOException {
    // memory.peak came with Linux 5.19; before it the present use is the best that is known.
    String memory = Files.exists(folder.resolve("memory.peak")) ? "memory.peak" : "memory.current";
    Map<String, Long> cpu = GroupFiles.readTable(folder, "cpu.stat");
    return new ResourceUsage(
        GroupFiles.readNumber(folder, memory),
        Duration.ofNanos(cpu.getOrDefault("usage_usec", 0L) * 1000),
        outOfMemoryKills());
  }

  @Override
  public long outOfMemoryKills() throws IOException {
    return GroupFiles.readTable(folder, "memory.events").getOrDefault("oom_kill", 0L);
  }

  @Override
  public void freeze() throws IOException, InterruptedException {
    boolean frozen = false;
    try {
      GroupFiles.write(folder, FREEZE, "1");
      GroupFiles.awaitLine(folder, "cgroup.events", "frozen 1");
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
      GroupFiles.write(folder, FREEZE, "0");
    } catch (NoSuchFileException e) {
      return; // The group is gone.
    }
  }

  @Override
  public boolean kill() throws IOException {
    if (!Files.exists(folder.resolve(KILL))) {
      return false;
    }
    try {
      GroupFiles.write(folder, KILL, "1");
    } catch (NoSuchFileException e) {
      return true; // The group is gone, and its processes with it.
    }
    return true;
  }

  @Override
  public List<Integer> processes() throws IOException {
    return GroupFiles.readProcesses(folder);
  }

  @Override
  public void remove() throws IOException {
    Files.deleteIfExists(folder);
  }

  /** 1 to 10,000, with 100 for one core, as 1,000 thousandths are. */
  static long weight(int share) {
    return Math.clamp(share / 10L, 1, 10_000);
  }
}
