package dev.atoll.doctor.attack;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The static program that probes run, on the host: in namespaces of its own, to see what an attempt
 * does where no sandbox is around it. Results are kept. Thread-safe.
 */
final class AttackProgram {
  private static final int LIMIT_SECONDS = 30;

  private final Path folder;
  private final Path file;
  private final Map<List<String>, Outcome> controls = new ConcurrentHashMap<>();

  private AttackProgram(Path folder, Path file) {
    this.folder = folder;
    this.file = file;
  }

  /** Writes the program to a folder. */
  static AttackProgram in(Path folder) throws IOException {
    Path file = folder.resolve("attack");
    Files.write(file, bytes());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new AttackProgram(folder, file);
  }

  /** The program itself, as built for this machine's architecture. */
  static byte[] bytes() throws IOException {
    String architecture =
        System.getProperty("os.arch", "").equals("aarch64") ? "aarch64" : "x86_64";
    String resource = "dev/atoll/doctor/" + architecture + "/attack";
    try (InputStream binary = AttackProgram.class.getClassLoader().getResourceAsStream(resource)) {
      if (binary == null) {
        throw new IOException("this build lacks " + resource + ": build Atoll on this machine");
      }
      return binary.readAllBytes();
    }
  }

  /**
   * Runs a probe in new namespaces of the host, as root, with nothing that stops it.
   *
   * @throws IOException if it comes to no outcome, which proves nothing
   */
  Outcome control(List<String> words) throws IOException, InterruptedException {
    Outcome known = controls.get(words);
    if (known == null) {
      List<String> command = new ArrayList<>(List.of("control"));
      command.addAll(words);
      known = onHost(command);
      controls.put(words, known);
    }
    return known;
  }

  /**
   * Runs a probe on the host as it is: only for what reaches nothing but sockets.
   *
   * @throws IOException if it comes to no outcome, which proves nothing
   */
  Outcome onHost(List<String> words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(file.toString()));
    command.addAll(words);
    Path scratch = Files.createTempDirectory(folder, "control-");
    Process process =
        new ProcessBuilder(command).directory(scratch.toFile()).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(words + " on the host took too long");
      }
      return Outcome.parse(output)
          .orElseThrow(
              () ->
                  new IOException(
                      "%s on the host ended with %d: %s"
                          .formatted(words, process.exitValue(), output.strip())));
    } finally {
      process.destroyForcibly();
    }
  }
}
