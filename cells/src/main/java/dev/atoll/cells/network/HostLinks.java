package dev.atoll.cells.network;

import dev.atoll.cells.CellException;
import dev.atoll.cells.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The links of the host's own network namespace (ip-link(8)). */
final class HostLinks {
  private static final Path LINKS = Path.of("/sys/class/net");

  private HostLinks() {}

  static List<String> names() throws IOException {
    try (var links = Files.list(LINKS)) {
      return links.map(path -> path.getFileName().toString()).toList();
    }
  }

  /**
   * Deletes links, at once. The kernel, too, removes a virtual link, some time after the last
   * process of its other end's namespace: one that has gone meanwhile is no failure.
   */
  static void delete(List<String> links) throws CellException, InterruptedException {
    StringBuilder commands = new StringBuilder();
    for (String link : links) {
      if (exists(link)) {
        commands.append("link del ").append(link).append('\n');
      }
    }
    if (commands.isEmpty()) {
      return;
    }
    try {
      Command.of("ip", "-force", "-batch", "-").withInput(commands.toString()).run();
    } catch (CellException e) {
      if (links.stream().anyMatch(HostLinks::exists)) {
        throw e;
      }
    }
  }

  private static boolean exists(String link) {
    return Files.exists(LINKS.resolve(link));
  }
}
