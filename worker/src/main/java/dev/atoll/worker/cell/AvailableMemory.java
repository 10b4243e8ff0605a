package dev.atoll.worker.cell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory the host could give to new processes now. */
@FunctionalInterface
public interface AvailableMemory {
  /** In bytes. */
  long bytes();

  /** What the kernel estimates: MemAvailable of proc_meminfo(5). */
  static AvailableMemory ofHost() {
    return () -> {
      try {
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
          if (line.startsWith("MemAvailable:")) {
            return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
          }
        }
      } catch (IOException unreadable) {
        throw new IllegalStateException("/proc/meminfo can't be read", unreadable);
      }
      throw new IllegalStateException("/proc/meminfo has no MemAvailable");
    };
  }
}
