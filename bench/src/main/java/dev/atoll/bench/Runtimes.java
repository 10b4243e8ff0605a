package dev.atoll.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the runtimes' programs are. */
final class Runtimes {
  private Runtimes() {}

  /** The program of a tier: the launcher's {@code ATOLL_RUNSC}, else what PATH has. */
  static Path binary(String tier) throws IOException {
    String name = tier.equals("gvisor") ? "runsc" : "runc";
    Optional<String> given =
        name.equals("runsc") ? Optional.ofNullable(System.getenv("ATOLL_RUNSC")) : Optional.empty();
    if (given.isPresent()) {
      return Path.of(given.get());
    }
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      Path candidate = Path.of(folder, name);
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    throw new IOException(name + " is not on the path");
  }
}
