package dev.atoll.cells.network;

import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The resolvers that the forwarder asks: their addresses must stay reachable for the host. */
final class NameServers {
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

  private NameServers() {}

  /** The IPv4 addresses of the configured resolvers, or else of the host's (resolv.conf(5)). */
  static List<AddressRange> addresses(Optional<List<String>> configured) throws IOException {
    List<String> texts = configured.isPresent() ? configured.get() : ofHost();
    List<AddressRange> addresses = new ArrayList<>();
    for (String text : texts) {
      try {
        addresses.add(AddressRange.parse(text));
      } catch (AtollException e) {
        if (configured.isPresent() && !text.contains(":")) {
          throw e;
        }
      }
    }
    return addresses;
  }

  private static List<String> ofHost() throws IOException {
    if (!Files.exists(RESOLV_CONF)) {
      return List.of();
    }
    return Files.readAllLines(RESOLV_CONF).stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words.length >= 2 && words[0].equals("nameserver"))
        .map(words -> words[1])
        .toList();
  }
}
