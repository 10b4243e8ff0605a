package dev.atoll.images.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Credentials;
import dev.atoll.images.Image;
import dev.atoll.images.ImageStore;
import dev.atoll.images.ImageStoreConfig;
import dev.atoll.images.Progress;
import dev.atoll.images.RegistryReference;
import dev.atoll.images.store.ImageStores;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root and Debian's docker-registry, skopeo and htpasswd file of its own. */
class DebianRegistryIT {
  /** The user {@code u} with the password {@code right}, by htpasswd -nbB. */
  private static final String HTPASSWD =
      "u:$2y$05$LMl2nzVkMcGzDJb5WPcUsuBcZBOk9CXlNjQ9cpQ0vf3gIhCwXVKYu\n";

  @TempDir Path temporary;
  private Process registry;
  private int port;
  private ImageStore store;

  @BeforeEach
  void start() throws Exception {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path htpasswd = Files.writeString(temporary.resolve("htpasswd"), htpasswd());
    Path config =
        Files.writeString(
            temporary.resolve("config.yml"),
            """
            version: 0.1
            storage: {filesystem: {rootdirectory: %s}}
            http: {addr: "127.0.0.1:%d"}
            auth: {htpasswd: {realm: test, path: %s}}
            log: {level: error}
            """
                .formatted(temporary.resolve("data"), port, htpasswd));
    registry =
        new ProcessBuilder("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(temporary.resolve("log").toFile())
            .start();
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!answers()) {
      assertThat(System.nanoTime()).as("the registry answers").isLessThan(end);
      Thread.sleep(20);
    }
    store =
        ImageStores.open(
            ImageStoreConfig.of(temporary.resolve("store")).withCache(temporary.resolve("cache")));
  }

  private static String htpasswd() throws Exception {
    Process python =
        new ProcessBuilder(
                "python3", "-c", "import crypt;print('u:'+crypt.crypt('right','$2b$05$'+'a'*22))")
            .start();
    String line = new String(python.getInputStream().readAllBytes());
    return python.waitFor() == 0 && line.startsWith("u:$2") ? line : HTPASSWD;
  }

  private boolean answers() {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @AfterEach
  void stop() throws Exception {
    store.close();
    registry.destroy();
    registry.waitFor();
  }

  @Test
  void pullsWhatSkopeoPushed() throws Exception {
    Path layout = Layouts.write(temporary.resolve("layout"), TestImage.ofThisHost());
    for (String format : new String[] {"oci", "v2s2"}) {
      run(
          "skopeo",
          "copy",
          "-q",
          "--insecure-policy",
          "--dest-tls-verify=false",
          "--dest-creds=u:right",
          "-f",
          format,
          "oci:" + layout + ":latest",
          "docker://127.0.0.1:" + port + "/team/app:" + format);
    }
    Image imported = store.importFrom(layout, Progress.silent());
    Optional<Credentials> right = Optional.of(new Credentials("u", "right"));
    assertThat(store.pull(reference("team/app:oci"), right, Progress.silent())).isEqualTo(imported);
    assertThat(store.pull(reference("team/app:v2s2"), right, Progress.silent()))
        .isEqualTo(imported);
    failsWith(ErrorCode.NOT_FOUND, "team/app:none", right, "team/app:none");
    failsWith(ErrorCode.NOT_FOUND, "team/none:1", right, "no such repository");
    failsWith(
        ErrorCode.PERMISSION_DENIED,
        "team/app:oci",
        Optional.of(new Credentials("u", "wrong")),
        "wrong credentials");
    failsWith(ErrorCode.PERMISSION_DENIED, "team/app:oci", Optional.empty(), "none were given");
  }

  @Test
  void archivesThatSkopeoWritesAreImported() throws Exception {
    Path layout = Layouts.write(temporary.resolve("layout"), TestImage.ofThisHost());
    Image imported = store.importFrom(layout, Progress.silent());
    for (String kind : new String[] {"oci-archive", "docker-archive"}) {
      Path archive = temporary.resolve(kind + ".tar");
      run(
          "skopeo",
          "copy",
          "-q",
          "--insecure-policy",
          "oci:" + layout + ":latest",
          kind + ":" + archive + (kind.startsWith("docker") ? ":team/app:1" : ""));
      assertThat(store.importFrom(archive, Progress.silent())).isEqualTo(imported);
      run("gzip", archive.toString());
      assertThat(store.importFrom(Path.of(archive + ".gz"), Progress.silent())).isEqualTo(imported);
    }
    assertThat(store.list()).hasSize(1);
  }

  private void failsWith(
      ErrorCode code, String name, Optional<Credentials> credentials, String words) {
    assertThatThrownBy(() -> store.pull(reference(name), credentials, Progress.silent()))
        .isInstanceOfSatisfying(AtollException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(words);
  }

  private RegistryReference reference(String name) {
    return RegistryReference.parse("127.0.0.1:" + port + "/" + name);
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
