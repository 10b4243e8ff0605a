package dev.atoll.server;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this host has. */
final class Host {
  private Host() {}

  /** Thousandths of all cores. */
  static int cpuMillis() {
    return 1000 * Runtime.getRuntime().availableProcessors();
  }

  /** Three quarters of the memory, in bytes (proc_meminfo(5)). */
  static long mostOfMemory() {
    return memory() / 4 * 3;
  }

  /** A sixteenth of the memory, in bytes. */
  static long sixteenthOfMemory() {
    return memory() / 16;
  }

  private static long memory() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemTotal:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException | NumberFormatException e) {
      throw new AtollException(ErrorCode.FAILED_PRECONDITION, "/proc/meminfo can't be read", e);
    }
    throw new AtollException(ErrorCode.FAILED_PRECONDITION, "/proc/meminfo has no MemTotal");
  }
}
