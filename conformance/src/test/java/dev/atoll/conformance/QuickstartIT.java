package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
}
