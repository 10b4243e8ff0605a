package dev.atoll.doctor.machine;

import static dev.atoll.doctor.machine.MachineFinding.fail;
import static dev.atoll.doctor.machine.MachineFinding.ok;
import static dev.atoll.doctor.machine.MachineFinding.warn;

import dev.atoll.cells.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How much room there is. */
final class ResourceChecks {
  private static final long GIB = 1L << 30;

  private ResourceChecks() {}

  static List<MachineFinding> run(Path dataDirectory) {
    return List.of(disk(dataDirectory), diskLimits(), memory(), processors());
  }

  private static MachineFinding disk(Path dataDirectory) {
    Path there = dataDirectory.toAbsolutePath();
    while (!Files.exists(there)) {
      there = Optional.ofNullable(there.getParent()).orElse(Path.of("/"));
    }
    long free;
    try {
      free = Files.getFileStore(there).getUsableSpace();
    } catch (IOException unreadable) {
      return warn("disk", "the free space of " + there + " can't be read", "look with 'df'");
    }
    String what = "%.1f GiB free for %s".formatted(free / (double) GIB, dataDirectory);
    String advice = "images and sandboxes' files are kept there";
    if (free < GIB) {
      return fail("disk", what, advice + ": make room, or choose another folder (--data-dir)");
    }
    return free < 10 * GIB ? warn("disk", what, advice) : ok("disk", what);
  }

  /** Whether a server can limit what sandboxes write: it makes a btrfs in a file. */
  private static MachineFinding diskLimits() {
    if (Command.find("mkfs.btrfs").isEmpty()) {
      return warn(
          "disk-limits",
          "what sandboxes write can't be limited: the program mkfs.btrfs is missing",
          "run 'apt-get install btrfs-progs'");
    }
    if (!hasBtrfs()) {
      return warn(
          "disk-limits",
          "what sandboxes write can't be limited: the kernel has no btrfs",
          "load the module 'btrfs', or use a kernel with CONFIG_BTRFS_FS");
    }
    return Files.exists(Path.of("/dev/loop-control"))
        ? ok("disk-limits", "what sandboxes write can be limited")
        : warn(
            "disk-limits",
            "what sandboxes write can't be limited: the kernel has no loop devices",
            "load the module 'loop', or use a kernel with CONFIG_BLK_DEV_LOOP");
  }

  /** Loaded, or to be loaded by the mount. */
  private static boolean hasBtrfs() {
    return SystemFiles.read("/proc/filesystems").filter(text -> text.contains("btrfs")).isPresent()
        || Files.exists(
            Path.of("/lib/modules", System.getProperty("os.version"), "kernel/fs/btrfs"));
  }

  private static MachineFinding memory() {
    Optional<String> available = SystemFiles.line("/proc/meminfo", "MemAvailable");
    if (available.isEmpty()) {
      return warn("memory", "the kernel does not say what is available", "look with 'free'");
    }
    long bytes = Long.parseLong(available.get().replaceAll("\\D", "")) << 10;
    String what = "%.1f GiB available".formatted(bytes / (double) GIB);
    if (bytes < GIB / 2) {
      return fail("memory", what, "a server and one sandbox need half a GiB");
    }
    return bytes < 2 * GIB ? warn("memory", what, "few sandboxes fit in") : ok("memory", what);
  }

  private static MachineFinding processors() {
    int count = Runtime.getRuntime().availableProcessors();
    return count < 2
        ? warn("processors", count + "", "a server and its sandboxes share one core")
        : ok("processors", count + "");
  }
}
