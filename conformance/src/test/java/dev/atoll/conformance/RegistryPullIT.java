package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.BuildFailedException;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Pulls and pushes beyond what {@link RegistryTests} has of the API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryPullIT {
  private static final Duration QUICKLY = Duration.ofSeconds(20);

  private LocalRegistry registry;
  private LocalRegistry closed;
  private Path logins;
  private RunningServer server;
  private Atoll client;
  private App app;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException, InterruptedException {
    registry = LocalRegistry.start(folder);
    Path root = TinyRoot.folder(folder.resolve("root"));
    Path layout = TinyRoot.layout(root, folder.resolve("layout"));
    registry.push(layout, "tiny:1");
    closed = LocalRegistry.startWithLogin(Files.createDirectory(folder.resolve("closed")));
    closed.push(layout, "team/private:1");
    logins = Files.createDirectory(folder.resolve("logins")).resolve("config.json");
    Files.writeString(logins, "{}");
    server =
        RunningServer.start(
            "runc",
            folder,
            """
            dockerConfig: %s
            registryMirrors:
              mirrored.example: ["http://127.0.0.1:1", {address: "http://%s"}]
            """
                .formatted(logins, registry.address()));
    client = server.client();
    app = client.apps().fromName("registry", options -> options.createIfMissing(true));
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    client.close();
    server.close();
    registry.close();
    closed.close();
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

  @Test
  void aLayerThatIsCompressedWithZstdIsPulled(@TempDir Path folder)
      throws IOException, InterruptedException {
    // skopeo would take the other layer, which the registry has in another form.
    Path root = TinyRoot.folder(folder.resolve("root"));
    Files.writeString(root.resolve("srv/other"), "other");
    registry.push(
        TinyRoot.layout(root, folder.resolve("layout")),
        "tiny:zstd",
        "--dest-compress-format=zstd");
    String manifest =
        TinyRoot.run(
            "skopeo",
            "inspect",
            "--raw",
            "--tls-verify=false",
            "docker://" + registry.address() + "/tiny:zstd");
    assertThat(manifest).contains("tar+zstd");
    assertThat(print(client.images().fromRegistry(registry.address() + "/tiny:zstd")))
        .isEqualTo("yes\n");
  }

  /** There is no such host, and the first mirror is down. */
  @Test
  void aMirrorHasWhatItsRegistryHas() {
    assertThat(print(client.images().fromRegistry("mirrored.example/tiny:1"))).isEqualTo("yes\n");
  }

  @Test
  void theHostsLoginsOpenWhatIsAskedForWithoutCredentials() throws IOException {
    String name = closed.address() + "/team/private:1";
    Files.writeString(
        logins,
        "{\"auths\": {\"%s\": {\"username\": \"%s\", \"password\": \"%s\"}}}"
            .formatted(closed.address(), LocalRegistry.USER, LocalRegistry.PASSWORD));
    try {
      assertThat(print(client.images().fromRegistry(name).dockerfileCommands("ENV A=b")))
          .isEqualTo("yes\n");
      refused(client.images().fromRegistry(name, login("wrong")));
    } finally {
      Files.writeString(logins, "{}");
    }
    assertThat(server.log()).doesNotContain(LocalRegistry.PASSWORD);
  }

  @Test
  void aSnapshotIsPushedTaggedAndExported(@TempDir Path folder)
      throws IOException, InterruptedException {
    Image snapshot;
    try (Sandbox box =
        client
            .sandboxes()
            .create(app, client.images().fromRegistry(registry.address() + "/tiny:1"))) {
      box.exec("sh", "-c", "echo written > /srv/written; rm /etc/group").waitFor();
      snapshot = box.snapshotFilesystem();
    }
    String id = snapshot.id().orElseThrow();
    String name = closed.address() + "/team/pushed:1";
    CommandOutcome anonymous =
        atoll(Map.of("DOCKER_CONFIG", folder.toString()), "image", "push", id, name);
    assertThat(anonymous.status()).isEqualTo(1);
    assertThat(anonymous.errors()).contains("wants credentials");
    Files.writeString(
        folder.resolve("config.json"),
        "{\"auths\": {\"%s\": {\"username\": \"%s\", \"password\": \"%s\"}}}"
            .formatted(closed.address(), LocalRegistry.USER, LocalRegistry.PASSWORD));
    CommandOutcome pushed =
        atoll(Map.of("DOCKER_CONFIG", folder.toString()), "image", "push", id, name);
    assertThat(pushed.status()).as(pushed.toString()).isZero();
    assertThat(pushed.text()).matches(closed.address() + "/team/pushed@sha256:[0-9a-f]{64}\n");
    assertThat(pushed.errors())
        .contains("packing layer", "sending layer")
        .doesNotContain(LocalRegistry.PASSWORD);
    Map<String, String> password = Map.of("ATOLL_REGISTRY_PASSWORD", LocalRegistry.PASSWORD);
    CommandOutcome again = atoll(password, "image", "push", "-u", LocalRegistry.USER, id, name);
    assertThat(again.text()).isEqualTo(pushed.text());
    assertThat(again.errors()).contains("is there already");

    Path file = folder.resolve("snapshot.tar");
    succeeds("image", "export", id, file.toString());
    String tagged = succeeds("image", "tag", id, "snapshot:1").strip();
    assertThat(tagged).isNotEqualTo(id);
    succeeds("image", "import", file.toString(), "-t", "back:1");
    client.images().delete(id);
    for (Image image :
        List.of(
            client.images().fromRegistry(name, login(LocalRegistry.PASSWORD)),
            client.images().fromRegistry("snapshot:1"),
            client.images().fromRegistry("back:1"))) {
      assertThat(
              print(image, "cat /srv/written; ls /etc/group 2>&1 | grep -c No; echo $FROM_IMAGE"))
          .isEqualTo("written\n1\nyes\n");
    }
    CommandOutcome none = atoll(Map.of(), "image", "export", "im-none", file.toString());
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.errors()).contains("there is no image 'im-none'");
    CommandOutcome nowhere = atoll(Map.of(), "image", "export", "snapshot:1", folder + "/no/x.tar");
    assertThat(nowhere.status()).isEqualTo(1);
    assertThat(nowhere.errors()).contains("there is no such folder");
  }

  private Secret login(String password) {
    return client
        .secrets()
        .fromMap(Map.of("REGISTRY_USERNAME", LocalRegistry.USER, "REGISTRY_PASSWORD", password));
  }

  private void refused(Image image) {
    BuildFailedException failure =
        catchThrowableOfType(BuildFailedException.class, () -> image.build(app));
    assertThat(failure)
        .hasMessageMatching("(?s).*(wants credentials|wrong credentials).*")
        .hasMessageNotContaining(LocalRegistry.PASSWORD);
  }

  private String print(Image image) {
    return print(image, "echo $FROM_IMAGE");
  }

  private String print(Image image, String script) {
    try (Sandbox sandbox = client.sandboxes().create(app, image)) {
      return sandbox.exec("sh", "-c", script).readText();
    }
  }

  private String succeeds(String... words) throws IOException, InterruptedException {
    CommandOutcome outcome = atoll(Map.of(), words);
    assertThat(outcome.status()).as(outcome.toString()).isZero();
    return outcome.text();
  }

  private CommandOutcome atoll(Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    ProcessBuilder command = AtollProcess.command(environment, words);
    command.environment().put("ATOLL_DATA_DIR", server.dataFolder());
    return AtollProcess.outcome(command, new byte[0]);
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
