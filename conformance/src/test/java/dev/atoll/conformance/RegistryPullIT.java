package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.BuildFailedException;
import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes of images that a registry has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryPullIT {
  private static final Duration QUICKLY = Duration.ofSeconds(20);

  private LocalRegistry registry;
  private RunningServer server;
  private Atoll client;
  private App app;
  private String digest;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException, InterruptedException {
    registry = LocalRegistry.start(folder);
    Path root = TinyRoot.folder(folder.resolve("root"));
    digest = registry.push(TinyRoot.layout(root, folder.resolve("layout")), "tiny:1");
    server = RunningServer.start("runc", folder);
    client = server.client();
    app = client.apps().fromName("registry", options -> options.createIfMissing(true));
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    client.close();
    server.close();
    registry.close();
  }

  @Test
  void anImageRunsByTagAndByDigest() {
    for (String name : new String[] {"tiny:1", "tiny@" + digest}) {
      try (Sandbox sandbox =
          client
              .sandboxes()
              .create(app, client.images().fromRegistry(registry.address() + "/" + name))) {
        assertThat(sandbox.exec("sh", "-c", "pwd; echo $FROM_IMAGE").readText())
            .as(name)
            .isEqualTo("/srv\nyes\n");
      }
    }
  }

  @Test
  void anUnknownTagFailsTheBuildAndSaysSo() {
    failsQuickly(registry.address() + "/tiny:2", "tiny:2");
    failsQuickly(registry.address() + "/none:1", "none:1");
    failsQuickly(registry.address() + "/tiny@sha256:" + "0".repeat(64), "0".repeat(64));
  }

  @Test
  void aRegistryThatIsDownFailsTheBuildAndSaysSo() throws IOException {
    String address = "127.0.0.1:" + LocalRegistry.freePort();
    failsQuickly(address + "/tiny:1", address);
  }

  private void failsQuickly(String name, String word) {
    long start = System.nanoTime();
    BuildFailedException failure =
        catchThrowableOfType(
            BuildFailedException.class, () -> client.images().fromRegistry(name).build(app));
    assertThat(failure).as(name).hasMessageContaining(word);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).as(name).isLessThan(QUICKLY);
  }
}
