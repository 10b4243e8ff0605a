package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first command that a user types, and the base image that the next server has from it. */
class QuickstartIT {
  @Test
  void quickstartShowsPythonAndTheNextServerHasItsImageInSeconds(
      @TempDir Path folder, @TempDir Path next) throws IOException, InterruptedException {
    Path data = folder.resolve("data");
    CommandOutcome outcome = AtollProcess.outcome("quickstart", "--data-dir", data.toString());
    assertThat(outcome.status()).as(outcome.toString()).isZero();
    assertThat(outcome.text())
        .startsWith("Hello from Python 3.13")
        .contains("What happened", "tier gvisor, runsc ", "start a server", "run python", " s\n");
    assertThat(outcome.errors())
        .contains("Starting a server on " + data, "Making the image", "Stopping the server")
        .doesNotContain("WARN", "ERROR", "\tat ");
    assertThat(data.resolve("server.pid")).doesNotExist();
    String instanceId = Files.readString(data.resolve("instance-id")).strip();
    assertThat(Leftovers.of(instanceId, data.toString())).isEmpty();

    TinyRoot.run("rm", "-rf", data.toString());

    RunningServer server = RunningServer.start("runc", next);
    try {
      String dataFolder = server.dataFolder();
      CommandOutcome cached =
          AtollProcess.outcome("image", "bootstrap", "python:3.13", "--data-dir", dataFolder);
      assertThat(cached.status()).as(cached.toString()).isZero();
      assertThat(cached.text()).matches("im-[A-Za-z0-9]{22}\n");
      assertThat(cached.errors())
          .contains("unpacking python:3.13")
          .doesNotContain("of Debian packages");
      assertThat(cached.took()).isLessThan(Duration.ofSeconds(60));
    } finally {
      server.discard();
    }
  }

  @Test
  void quickstartReplacesWhatAnotherBuildLeftInItsFolder(@TempDir Path cache, @TempDir Path other)
      throws IOException, InterruptedException {
    Path atoll = Files.createDirectories(cache.resolve("atoll"));
    Path roots = Files.createDirectories(usualCache().resolve("atoll", "bootstrap"));
    Files.createSymbolicLink(atoll.resolve("bootstrap"), roots);
    Path data = atoll.resolve("quickstart");
    write(data.resolve("instance-id"), "0ther0ne\n");
    write(data.resolve("build"), "another\n");
    write(data.resolve("control/atoll.db"), "the store of another build");
    write(data.resolve("control/signing-key.json"), "[]");
    write(data.resolve("images/images/" + "ab".repeat(32) + ".json"), "[]");
    Path mounted = Files.createDirectories(data.resolve("images/views/left"));
    write(other.resolve("precious"), "behind a mount");
    TinyRoot.run("mount", "--bind", other.toString(), mounted.toString());

    CommandOutcome first = quickstart(cache);
    assertThat(first.status()).as(first.toString()).isZero();
    assertThat(first.text()).startsWith("Hello from Python 3.13");
    assertThat(first.errors()).doesNotContain("WARN", "ERROR", "\tat ");
    assertThat(other.resolve("precious")).hasContent("behind a mount");
    assertThat(Files.readString(data.resolve("instance-id"))).isEqualTo("0ther0ne\n");
    assertThat(Leftovers.of("0ther0ne", data.toString())).isEmpty();

    CommandOutcome second = quickstart(cache);
    assertThat(second.status()).as(second.toString()).isZero();
    assertThat(second.errors()).doesNotContain("unpacking");
    TinyRoot.run("rm", "-rf", atoll.toString());
  }

  private static CommandOutcome quickstart(Path cache) throws IOException, InterruptedException {
    return AtollProcess.outcome(
        AtollProcess.command(Map.of("XDG_CACHE_HOME", cache.toString()), "quickstart"),
        new byte[0]);
  }

  private static Path usualCache() {
    String chosen = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    return chosen.isEmpty()
        ? Path.of(System.getenv().getOrDefault("HOME", "/root"), ".cache")
        : Path.of(chosen);
  }

  private static void write(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
