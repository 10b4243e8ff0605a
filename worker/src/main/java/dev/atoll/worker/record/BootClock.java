package dev.atoll.worker.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The time since this host's boot (proc_uptime(5)): it goes on from one process to the next, and
 * nobody sets it.
 */
public final class BootClock {
  private static final Path UPTIME = Path.of("/proc/uptime");

  private BootClock() {}

  /** Milliseconds since the boot. */
  public static long millis() throws IOException {
    String seconds = Files.readString(UPTIME).split(" ", 2)[0];
    return Math.round(Double.parseDouble(seconds) * 1000);
  }
}
