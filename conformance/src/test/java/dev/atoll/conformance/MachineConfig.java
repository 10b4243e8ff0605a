package dev.atoll.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The server's configuration on this machine. */
final class MachineConfig {
  /**
   * Where an operator of a Debian machine puts certificates that the network needs,
   * ca-certificates(8).
   */
  private static final Path OPERATOR_CERTIFICATES = Path.of("/usr/local/share/ca-certificates");

  private MachineConfig() {}

  static String forTier(String tier) throws IOException {
    return "tier: " + tier + "\n" + "extraCaCertificates: " + certificates() + "\n";
  }

  private static List<String> certificates() throws IOException {
    if (!Files.isDirectory(OPERATOR_CERTIFICATES)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(OPERATOR_CERTIFICATES)) {
      return files
          .map(Path::toString)
          .filter(file -> file.endsWith(".crt"))
          .map(file -> '"' + file + '"')
          .sorted()
          .toList();
    }
  }
}
