package dev.atoll.doctor.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Small files of /proc and /sys. */
final class SystemFiles {
  private SystemFiles() {}

  /** The file's text without white space around it; empty when there is none to read. */
  static Optional<String> read(String file) {
    try {
      return Optional.of(Files.readString(Path.of(file)).strip());
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /** The value of a line {@code NAME: value} or {@code NAME:\tvalue}. */
  static Optional<String> line(String file, String name) {
    return read(file)
        .flatMap(
            text ->
                text.lines()
                    .filter(line -> line.startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst());
  }
}
