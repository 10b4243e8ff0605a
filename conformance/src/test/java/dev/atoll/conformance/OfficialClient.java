package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.json.JsonMapper;

/**
 * One version of the official JavaScript client, unmodified from npm, and a copy of the tests.
 *
 * @param folder where the tests are, and find the client
 */
record OfficialClient(String version, Path folder) {
  /** The versions that are tested. */
  static final List<String> VERSIONS = List.of("0.7.2", "0.7.6");

  private static final JsonMapper JSON = new JsonMapper();
  private static final long FILE_LIMIT_SECONDS = 600;

  /**
   * Installs what the version's lock file names, unless it is installed already, and copies the
   * tests to a folder below it.
   *
   * @param user who runs them: the folder's name, which nobody else uses at the same time
   * @throws TestAbortedException if the registry can't be reached
   */
  static OfficialClient install(String version, String user)
      throws IOException, InterruptedException {
    Path client = Path.of("target", "clients", version).toAbsolutePath();
    Files.createDirectories(client);
    try (HostLock _ = HostLock.of(client.resolve("install.lock"))) {
      install(version, client);
    }
    Path folder = client.resolve(user);
    copy(Path.of("node"), folder);
    return new OfficialClient(version, folder);
  }

  private static void install(String version, Path client)
      throws IOException, InterruptedException {
    Path wanted = Path.of("clients", version);
    Path installed = client.resolve("installed.json");
    String lockFile = Files.readString(wanted.resolve("package-lock.json"));
    if (Files.exists(installed) && Files.readString(installed).equals(lockFile)) {
      return;
    }
    copy(wanted, client);
    Path log = client.resolve("npm.log");
    int status =
        new ProcessBuilder("npm", "ci", "--prefer-offline")
            .directory(client.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    if (status != 0) {
      String output = Files.readString(log);
      if (output.matches("(?s).*(ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ENETUNREACH).*")) {
        throw new TestAbortedException("npm's registry can't be reached: no client " + version);
      }
      throw new IOException("npm ci of client " + version + " failed: " + output);
    }
    Files.writeString(installed, lockFile);
  }

  /** The test programs, in the order of their names. */
  List<Path> testFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".test.mjs")).sorted().toList();
    }
  }

  /**
   * Runs one test program to its end and tells each test as it ends. Blocks, 10 minutes at most.
   *
   * @throws AssertionError if the program ended otherwise than its tests say, or ran none
   */
  void run(Path file, Map<String, String> environment, Consumer<NodeResult> listener)
      throws IOException, InterruptedException {
    Path errors = folder.resolve(file.getFileName() + ".err");
    ProcessBuilder builder =
        new ProcessBuilder("node", "--test-reporter=./lib/reporter.mjs", file.toString())
            .directory(folder.toFile())
            .redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    Thread guard = Thread.ofVirtual().start(() -> endAfterLimit(process));
    int tests = 0;
    boolean failed = false;
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("{\"name\":")) {
          NodeResult result = JSON.readValue(line, NodeResult.class);
          listener.accept(result);
          tests++;
          failed |= !result.passed();
        }
      }
    }
    int status = process.waitFor();
    guard.interrupt();
    String name = String.valueOf(file.getFileName());
    assertThat(tests).as("tests of %s: %s", name, Files.readString(errors)).isPositive();
    assertThat(status != 0)
        .as("%s ended with %s: %s", name, status, Files.readString(errors))
        .isEqualTo(failed);
  }

  private static void endAfterLimit(Process process) {
    try {
      if (!process.waitFor(FILE_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.deleteIfExists(target);
          Files.copy(file, target);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
