package dev.atoll.server;

import dev.atoll.cells.Tier;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds a tier's runtime on this host. */
final class RuntimeProgram {
  private RuntimeProgram() {}

  /**
   * The configured program, else the environment's, else the PATH's; FAILED_PRECONDITION if none.
   */
  static Path find(Tier tier, Optional<String> configured, Map<String, String> environment) {
    String name = tier == Tier.GVISOR ? "runsc" : "runc";
    String variable = "ATOLL_" + name.toUpperCase(java.util.Locale.ROOT);
    Optional<String> chosen =
        configured.or(
            () -> Optional.ofNullable(environment.get(variable)).filter(v -> !v.isEmpty()));
    if (chosen.isPresent()) {
      Path program = Path.of(chosen.get());
      if (!program.isAbsolute() || !Files.isExecutable(program)) {
        throw AtollException.invalid(
            "%s '%s' must be the absolute path of a program", name, program);
      }
      return program;
    }
    for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      Path program = Path.of(folder, name);
      if (program.isAbsolute() && Files.isExecutable(program)) {
        return program;
      }
    }
    throw new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "the tier %s needs the program %s, which is not on the PATH: install it, or name it in %s or in the configuration's key '%s'"
            .formatted(tier.label(), name, variable, name));
  }
}
