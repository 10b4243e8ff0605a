package dev.atoll.doctor.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A file of the host with a secret content.
 *
 * @param file its absolute path
 * @param content what is in it
 */
record Canary(Path file, String content) {
  /** Makes one in a new folder. */
  static Canary in(Path folder) throws IOException {
    Path file = Files.createDirectories(folder.toAbsolutePath()).resolve("secret");
    String content = "canary-" + UUID.randomUUID();
    Files.writeString(file, content);
    return new Canary(file, content);
  }

  Path folder() {
    return file.resolveSibling("");
  }

  /** Whether it is as it was made, and alone. */
  boolean isUntouched() throws IOException {
    try (var names = Files.list(folder())) {
      return Files.readString(file).equals(content) && names.count() == 1;
    }
  }
}
