package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that is told to stop, with its sandboxes, while some run. */
class ServerStopIT {
  private static final int SANDBOXES = 5;

  @ParameterizedTest
  @CsvSource({"gvisor, Ctrl-C", "runc, drain"})
  void sandboxesEndAndNothingIsLeft(String tier, String way, @TempDir Path folder)
      throws IOException, InterruptedException {
    try (RunningServer server = RunningServer.start(tier, folder);
        Wire wire = Wire.to(server);
        Atoll client = server.client()) {
      wire.importImage(TinyRoot.folder(folder.resolve("root")), "tiny:1");
      runSandboxes(client);
      String instanceId = server.instanceId();
      assertThat(Leftovers.of(instanceId, server.dataFolder()))
          .as("what the check at the end looks for is there now")
          .anyMatch(line -> line.startsWith("mount "))
          .anyMatch(line -> line.startsWith("cgroup "))
          .anyMatch(line -> line.startsWith("process "))
          .anyMatch(line -> line.contains("table inet atoll_"))
          .anyMatch(line -> line.contains("at" + instanceId + "-dns"));

      if (way.equals("drain")) {
        drain(server);
      } else {
        server.signal("INT");
        awaitUnhealthy(server);
      }
      assertThat(server.data().resolve("server.pid")).doesNotExist();
      assertThat(server.awaitEnd()).as(server.log()).isZero();

      assertThat(Leftovers.of(instanceId, server.dataFolder())).as(server.log()).isEmpty();
    }
  }

  /** The command tells what it does, and returns when the server has ended. */
  private static void drain(RunningServer server) throws IOException, InterruptedException {
    String folder = server.dataFolder();
    CommandOutcome drained = AtollProcess.outcome("drain", "--data-dir", folder);
    assertThat(drained.status()).as(drained.toString()).isZero();
    assertThat(drained.errors()).contains("Ending " + SANDBOXES + " sandboxes");
    assertThat(drained.text()).contains("has stopped");
    assertThat(ProcessHandle.of(server.pid())).as("the server's process").isEmpty();
    CommandOutcome again = AtollProcess.outcome("drain", "--data-dir", folder);
    assertThat(again.status()).as(again.toString()).isZero();
    assertThat(again.text()).contains("No server runs on " + folder);
  }

  /** Half of them ignore the polite signal. */
  private static void runSandboxes(Atoll client) throws InterruptedException {
    App app = client.apps().fromName("stop", options -> options.createIfMissing(true));
    Image image = client.images().fromRegistry("tiny:1");
    List<Sandbox> sandboxes = new ArrayList<>();
    for (int i = 0; i < SANDBOXES; i++) {
      String command = i % 2 == 0 ? "trap '' TERM INT; sleep 300" : "sleep 300";
      sandboxes.add(client.sandboxes().create(app, image, box -> box.command("sh", "-c", command)));
    }
    for (Sandbox sandbox : sandboxes) {
      assertThat(sandbox.exec("true").waitFor()).isZero();
    }
  }

  /** It says so, or closes the door, while it still ends its sandboxes. */
  private static void awaitUnhealthy(RunningServer server) throws InterruptedException {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(5));
    int status = server.health();
    while (status == 200) {
      assertThat(Instant.now()).as("still healthy").isBefore(deadline);
      status = server.health();
    }
    assertThat(status).isIn(0, 503);
  }
}
