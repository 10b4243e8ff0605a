package dev.atoll.cells.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Lets answers from the internet reach the cells: the uplinks must forward, too. Only what was off
 * is turned on; a file says which, so that the last instance to leave the host turns it off again.
 */
final class UplinkForwarding {
  private static final Path SETTINGS = Path.of("/proc/sys/net/ipv4/conf");

  private final Path record;

  /** Keeps its record in a folder that every instance of the host shares until it reboots. */
  UplinkForwarding(Path shared) {
    this.record = shared.resolve("forwarding-uplinks");
  }

  /** Must be called under the host's network lock. */
  void enable(Set<String> uplinks) throws IOException {
    List<String> changed = read();
    for (String uplink : uplinks) {
      Path setting = SETTINGS.resolve(uplink).resolve("forwarding");
      if (Files.readString(setting).strip().equals("0")) {
        if (!changed.contains(uplink)) {
          changed.add(uplink);
          Files.write(record, changed);
        }
        Files.writeString(setting, "1");
      }
    }
  }

  /**
   * As {@link #enable}, when no instance is left. Whoever made the whole host a router keeps it.
   */
  void restore() throws IOException {
    boolean router = Files.readString(Path.of("/proc/sys/net/ipv4/ip_forward")).strip().equals("1");
    for (String uplink : read()) {
      Path setting = SETTINGS.resolve(uplink).resolve("forwarding");
      if (!router && Files.exists(setting)) {
        Files.writeString(setting, "0");
      }
    }
    Files.deleteIfExists(record);
  }

  private List<String> read() throws IOException {
    return Files.exists(record) ? new ArrayList<>(Files.readAllLines(record)) : new ArrayList<>();
  }
}
