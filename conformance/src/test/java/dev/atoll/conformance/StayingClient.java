package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program {@code survival.mjs}, with one version of the official client. */
final class StayingClient implements AutoCloseable {
  private final Process process;
  private final Path errors;

  private StayingClient(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  static StayingClient start(OfficialClient client, Map<String, String> environment)
      throws IOException {
    Path errors = client.folder().resolve("survival.err");
    ProcessBuilder builder =
        new ProcessBuilder("node", "survival.mjs")
            .directory(client.folder().toFile())
            .redirectError(errors.toFile());
    builder.environment().putAll(environment);
    return new StayingClient(builder.start(), errors);
  }

  /** Waits until it says how far it is. */
  void await(String word) throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    assertThat(lines.readLine()).as(Files.readString(errors)).isEqualTo(word);
  }

  /** Tells it that a new server runs. */
  void next() {
    new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8).println("next");
  }

  /** Waits for its end, which must be a good one. */
  void awaitEnd() throws IOException, InterruptedException {
    await("done");
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("it ends").isTrue();
    assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
