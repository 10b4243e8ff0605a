package dev.atoll.cells.network;

import dev.atoll.cells.CellException;
import dev.atoll.cells.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the host's routing tables say now (ip-route(8)).
 *
 * @param ranges every range that has a route or an address, default routes excepted
 * @param uplinks the links of the default routes
 */
record HostRoutes(List<AddressRange> ranges, Set<String> uplinks) {
  private static final Pattern RANGE = Pattern.compile("\\b(\\d+\\.\\d+\\.\\d+\\.\\d+(/\\d+)?)\\b");
  private static final Pattern LINK = Pattern.compile("\\bdev (\\S+)");
  private static final int USUAL_MTU = 1500;

  static HostRoutes read() throws CellException, InterruptedException {
    return parse(Command.of("ip", "-4", "route", "show", "table", "all").run());
  }

  static HostRoutes parse(String table) {
    List<AddressRange> ranges = new ArrayList<>();
    Set<String> uplinks = new LinkedHashSet<>();
    for (String line : table.lines().toList()) {
      if (line.startsWith("default ") || line.startsWith("0.0.0.0/0 ")) {
        Matcher link = LINK.matcher(line);
        if (link.find()) {
          uplinks.add(link.group(1));
        }
        continue;
      }
      Matcher range = RANGE.matcher(line);
      if (range.find()) {
        ranges.add(AddressRange.parse(range.group(1)));
      }
    }
    return new HostRoutes(ranges, uplinks);
  }

  /** The first /20 of 10.0.0.0/8, in an order that depends on the seed, that nothing uses. */
  Optional<AddressRange> findFree(int seed, List<AddressRange> alsoUsed) {
    int count = 1 << (20 - 8);
    for (int i = 0; i < count; i++) {
      long index = Math.floorMod(seed + i, count);
      AddressRange candidate = new AddressRange((10L << 24) + (index << 12), 20);
      if (ranges.stream().noneMatch(candidate::overlaps)
          && alsoUsed.stream().noneMatch(candidate::overlaps)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** The largest packet that every uplink takes. */
  int mtu() throws IOException {
    int mtu = USUAL_MTU;
    for (String uplink : uplinks) {
      Path file = Path.of("/sys/class/net", uplink, "mtu");
      if (Files.exists(file)) {
        mtu = Math.min(mtu, Integer.parseInt(Files.readString(file).strip()));
      }
    }
    return mtu;
  }
}
