package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.sdk.AtollException;
import dev.atoll.sdk.BuildFailedException;
import dev.atoll.sdk.FailedPreconditionException;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.Secret;
import dev.atoll.sdk.UnimplementedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of registries, with the Java SDK; {@link RegistryPullIT} has what is beyond the API. */
abstract class RegistryTests extends ProxyTests {
  private LocalRegistry open;
  private LocalRegistry closed;
  private String digest;

  RegistryTests(String tier) {
    super(tier);
  }

  @BeforeAll
  void startRegistries(@TempDir Path folder) throws IOException, InterruptedException {
    Path layout = TinyRoot.layout(TinyRoot.folder(folder.resolve("root")), folder.resolve("image"));
    open = LocalRegistry.start(Files.createDirectory(folder.resolve("open")));
    digest = open.push(layout, "tiny:1");
    closed = LocalRegistry.startWithLogin(Files.createDirectory(folder.resolve("closed")));
    closed.push(layout, "team/private:1");
  }

  @AfterAll
  void stopRegistries() throws InterruptedException {
    open.close();
    closed.close();
  }

  @Test
  void anImageRunsByTagAndByDigest() {
    for (String name : new String[] {"tiny:1", "tiny@" + digest}) {
      try (Sandbox box =
          client
              .sandboxes()
              .create(app, client.images().fromRegistry(open.address() + "/" + name))) {
        assertThat(box.exec("sh", "-c", "pwd; echo $FROM_IMAGE").readText())
            .as(name)
            .isEqualTo("/srv\nyes\n");
      }
    }
  }

  @Test
  void aPrivateImageIsForThoseWhoseOwnCredentialsOpenIt() throws IOException {
    String tag = closed.address() + "/team/private:1";
    String byDigest = closed.address() + "/team/private@" + digest;
    for (String name : List.of(tag, byDigest)) {
      refused(client.images().fromRegistry(name));
    }
    Secret right = login(LocalRegistry.PASSWORD);
    for (String name : List.of(tag, byDigest)) {
      Image opened = client.images().fromRegistry(name, right);
      assertThat(print(opened)).isEqualTo("yes\n");
      Image step = opened.dockerfileCommands("RUN echo made > /made").build(app);
      assertThat(step.id()).isPresent();
    }
    // It is here now, with a step on top: that opens it to nobody else.
    for (String name : List.of(tag, byDigest)) {
      for (Image closedImage :
          List.of(
              client.images().fromRegistry(name),
              client.images().fromRegistry(name, login("wrong")))) {
        refused(closedImage);
        refused(closedImage.dockerfileCommands("RUN echo made > /made"));
      }
    }
    // A secret that has other values now is another one.
    try (Wire wire = Wire.to(server)) {
      wire.putSecret("", "registry", variables(LocalRegistry.PASSWORD));
      assertThat(print(client.images().fromRegistry(tag, client.secrets().fromName("registry"))))
          .isEqualTo("yes\n");
      wire.putSecret("", "registry", variables("x"));
      refused(client.images().fromRegistry(tag, client.secrets().fromName("registry")));
    }
    client.secrets().delete("registry");
    assertThat(server.log()).doesNotContain(LocalRegistry.PASSWORD);
  }

  /** Google's registries take a key as the password of a user of their own. */
  @Test
  void eachKindOfRegistryHasItsKeys() throws IOException {
    String tag = closed.address() + "/team/private:1";
    Secret account =
        client.secrets().fromMap(Map.of("SERVICE_ACCOUNT_JSON", LocalRegistry.PASSWORD));
    assertThat(print(client.images().fromGcpArtifactRegistry(tag, account))).isEqualTo("yes\n");
    refused(
        client
            .images()
            .fromGcpArtifactRegistry(
                tag, client.secrets().fromMap(Map.of("SERVICE_ACCOUNT_JSON", "{}"))));

    Secret other = client.secrets().fromMap(Map.of("OTHER", "hush"));
    lacks(client.images().fromRegistry(tag, other), "REGISTRY_USERNAME, REGISTRY_PASSWORD");
    lacks(client.images().fromGcpArtifactRegistry(tag, other), "SERVICE_ACCOUNT_JSON");
    Secret keys =
        client
            .secrets()
            .fromMap(
                Map.of(
                    "AWS_ACCESS_KEY_ID", "id",
                    "AWS_SECRET_ACCESS_KEY", "hush",
                    "AWS_REGION", "us-east-1"));
    assertThat(
            catchThrowableOfType(
                UnimplementedException.class,
                () -> client.images().fromAwsEcr(tag, keys).build(app)))
        .hasMessageContaining("aws ecr get-login-password")
        .hasMessageNotContaining("hush");
    assertThat(server.log()).doesNotContain(LocalRegistry.PASSWORD, "hush");
  }

  private void lacks(Image image, String keys) {
    AtollException failure =
        catchThrowableOfType(FailedPreconditionException.class, () -> image.build(app));
    assertThat(failure).hasMessageContaining(keys).hasMessageNotContaining("hush");
  }

  @Test
  void layersThatNobodyNeedsGo() throws IOException, InterruptedException {
    Image base = client.images().fromRegistry(open.address() + "/tiny:1").build(app);
    Set<Path> before = layers();
    String id;
    try (Sandbox box = client.sandboxes().create(app, base)) {
      box.exec("sh", "-c", "echo written > /srv/written").readText();
      id = box.snapshotFilesystem().id().orElseThrow();
    }
    Set<Path> made = layers();
    made.removeAll(before);
    assertThat(made).hasSize(1);
    Image snapshot = client.images().fromId(id);
    try (Sandbox box = client.sandboxes().create(app, snapshot)) {
      assertThat(
              catchThrowableOfType(
                  FailedPreconditionException.class, () -> client.images().delete(id)))
          .hasMessageContaining("running sandbox");
      assertThat(box.exec("cat", "/srv/written").readText()).isEqualTo("written\n");
      assertThat(layers()).containsAll(made);
      box.terminateAndWait();
    }
    client.images().delete(id);
    assertThat(layers()).doesNotContainAnyElementsOf(made);
  }

  /** The records of layers, once no snapshot's files are being copied to one. */
  private Set<Path> layers() throws IOException, InterruptedException {
    Path images = server.data().resolve("images");
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!records(images.resolve("frozen")).isEmpty()) {
      assertThat(System.nanoTime()).as("time for the copies").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return records(images.resolve("layers.d"));
  }

  private static Set<Path> records(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .collect(Collectors.toCollection(HashSet::new));
    } catch (NoSuchFileException none) {
      return Set.of();
    }
  }

  private Secret login(String password) {
    return client.secrets().fromMap(variables(password));
  }

  private static Map<String, String> variables(String password) {
    return Map.of("REGISTRY_USERNAME", LocalRegistry.USER, "REGISTRY_PASSWORD", password);
  }

  private void refused(Image image) {
    BuildFailedException failure =
        catchThrowableOfType(BuildFailedException.class, () -> image.build(app));
    assertThat(failure)
        .hasMessageMatching("(?s).*(wants credentials|wrong credentials).*")
        .hasMessageNotContaining(LocalRegistry.PASSWORD);
  }

  private String print(Image image) {
    try (Sandbox box = client.sandboxes().create(app, image)) {
      return box.exec("sh", "-c", "echo $FROM_IMAGE").readText();
    }
  }
}
