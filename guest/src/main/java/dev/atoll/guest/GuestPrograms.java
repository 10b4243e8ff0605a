package dev.atoll.guest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The static binaries that run inside, as built for this machine's architecture. */
public enum GuestPrograms {
  /** Process 1 of every cell; {@code guest/PROTOCOL.md} says what it does. */
  AGENT("agent"),

  /**
   * What the clients' filesystem helpers run in a sandbox: one operation on its files, as any
   * process there could do it. Its only argument is a command in JSON.
   */
  FILESYSTEM_TOOL("modal-sandbox-fs-tools");

  private final String file;

  GuestPrograms(String file) {
    this.file = file;
  }

  /** The resource's name; the architecture is uname(1)'s: {@code x86_64} or {@code aarch64}. */
  String resource(String osArch) {
    String architecture =
        switch (osArch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "aarch64";
          default ->
              throw new IllegalStateException(
                  "Atoll runs on x86_64 and aarch64, not on '" + osArch + "'");
        };
    return "dev/atoll/guest/" + architecture + "/" + file;
  }

  /**
   * Writes the binary to a file of mode 0755. An existing file is replaced in one step, so that a
   * cell that is just being booted gets the old one or the new one.
   *
   * @param file where to; its folder must exist
   * @throws IOException when it can't be written there
   * @throws IllegalStateException when Atoll was built for another architecture
   */
  public void writeTo(Path file) throws IOException {
    String resource = resource(System.getProperty("os.arch"));
    try (InputStream binary = GuestPrograms.class.getClassLoader().getResourceAsStream(resource)) {
      if (binary == null) {
        throw new IllegalStateException(
            "This build of Atoll lacks a program for this machine ("
                + resource
                + "): build it on this machine");
      }
      Path folder = file.toAbsolutePath().getParent();
      if (folder == null) {
        throw new IOException(file + " is a folder");
      }
      Path fresh = Files.createTempFile(folder, "." + this.file, null);
      try {
        Files.copy(binary, fresh, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    }
  }
}
