package dev.atoll.doctor.machine;

import static dev.atoll.doctor.machine.MachineFinding.fail;
import static dev.atoll.doctor.machine.MachineFinding.ok;
import static dev.atoll.doctor.machine.MachineFinding.warn;

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
    return List.of(disk(dataDirectory), memory(), processors());
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
    String advice = "images and sandboxes' files are kept there, and their size is not limited";
    if (free < GIB) {
      return fail("disk", what, advice + ": make room, or choose another folder (--data-dir)");
    }
    return free < 10 * GIB ? warn("disk", what, advice) : ok("disk", what);
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
