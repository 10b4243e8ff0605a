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
import dev.atoll.images.content.Digests;
import dev.atoll.images.layers.LayerLimits;
import dev.atoll.images.store.ImageStores;
import dev.atoll.images.tar.TarBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Needs root: pulled layers are unpacked into a store. */
class LyingRegistryIT {
  @TempDir Path temporary;
  private ImageStore store;
  private LyingRegistry registry;
  private TestImage image;

  @BeforeEach
  void open() throws Exception {
    store =
        ImageStores.open(
            ImageStoreConfig.of(temporary.resolve("store"))
                .withCache(temporary.resolve("cache"))
                .withLimits(new LayerLimits(1 << 20, 1000)));
    registry = new LyingRegistry();
    image = TestImage.ofThisHost();
    image.serve(registry);
  }

  @AfterEach
  void close() {
    registry.close();
    store.close();
    assertThat(temporary.resolve("store/trash")).isEmptyDirectory();
  }

  @Test
  void anHonestAnswerIsAnImage() throws Exception {
    Image pulled = pull("team/app:1");
    assertThat(pulled.config().environment()).containsExactly("A=1");
    assertThat(pulled.config().workingDirectory()).isEqualTo("/w");
    assertThat(pulled.config().exposedPorts()).containsExactly("80/tcp");
    assertThat(pull("team/app@" + Digests.sha256(image.manifest()))).isEqualTo(pulled);
    assertThat(registry.count(image.layerPath())).as("a present layer is not fetched").isOne();
  }

  @Test
  void otherBytesThanTheDigestSays() throws Exception {
    byte[] other = TestImage.gzip(new TarBuilder().file("hello", "evil!").bytes());
    registry.bytes(image.layerPath(), java.util.Arrays.copyOf(other, image.layer().length));
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "is not what its digest says");
    assertThat(layers()).containsExactlyInAnyOrder("E", "S2");
    registry.bytes(
        image.layerPath(),
        (new String(image.layer(), StandardCharsets.ISO_8859_1) + "!!")
            .getBytes(StandardCharsets.ISO_8859_1));
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "more than the");
    registry.bytes(image.configPath(), "{}".repeat(image.config().length / 2).getBytes());
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "");
    String digest = Digests.sha256(image.manifest());
    registry.bytes("/v2/team/app/manifests/" + digest, "{}".getBytes());
    refused("team/app@" + digest, ErrorCode.FAILED_PRECONDITION, "for the manifest " + digest);
  }

  @Test
  void aLayerThatUnpacksToOtherThanTheConfigSays() throws Exception {
    byte[] other = TestImage.gzip(new TarBuilder().file("hello", "evil!").bytes());
    registry
        .bytes("/v2/team/app/manifests/1", TestImage.manifest(image.config(), other, other.length))
        .bytes("/v2/team/app/blobs/" + Digests.sha256(other), other);
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "but the image's config says");
  }

  @Test
  void transfersThatBreakOffAreRepeatedAndThenRefused() throws Exception {
    registry.on(
        image.layerPath(),
        (exchange, count) -> {
          if (count < 3) {
            exchange.sendResponseHeaders(200, image.layer().length);
            exchange.getResponseBody().write(image.layer(), 0, 20);
            exchange.getResponseBody().flush();
            throw new java.io.IOException("cut");
          }
          LyingRegistry.send(exchange, 200, image.layer());
        });
    assertThat(pull("team/app:1").layerCount()).isOne();
    assertThat(registry.count(image.layerPath())).isEqualTo(3);
  }

  @Test
  void passingFailuresAreRepeatedAndLastingOnesNamed() throws Exception {
    registry.on(
        "/v2/team/app/manifests/1",
        (exchange, count) -> LyingRegistry.send(exchange, count < 2 ? 503 : 200, image.manifest()));
    pull("team/app:1");
    registry.on(
        "/v2/team/app/manifests/2",
        (exchange, count) -> LyingRegistry.send(exchange, 500, new byte[0]));
    refused("team/app:2", ErrorCode.FAILED_PRECONDITION, "answered 500 for");
    assertThat(registry.count("/v2/team/app/manifests/2")).isEqualTo(3);
  }

  @Test
  void compressedDataWithoutEndIsCutOff() throws Exception {
    byte[] bomb =
        TestImage.gzip(
            new TarBuilder()
                .entry('0', "x", "", 900_000, "\0".repeat(900_000), 0)
                .entry('0', "y", "", 900_000, "\0".repeat(900_000), 0)
                .bytes());
    registry
        .bytes("/v2/team/app/manifests/1", TestImage.manifest(image.config(), bomb, bomb.length))
        .bytes("/v2/team/app/blobs/" + Digests.sha256(bomb), bomb);
    refused("team/app:1", ErrorCode.RESOURCE_EXHAUSTED, "more than 1048576 bytes");
    byte[] zeros = TestImage.gzip(new byte[32 << 20]);
    registry
        .bytes("/v2/team/app/manifests/1", TestImage.manifest(image.config(), zeros, zeros.length))
        .bytes("/v2/team/app/blobs/" + Digests.sha256(zeros), zeros);
    refused("team/app:1", ErrorCode.RESOURCE_EXHAUSTED, "when unpacked");
  }

  @Test
  void nonsenseIsRefusedInWords() {
    registry.bytes("/v2/team/app/manifests/1", "<html>".getBytes());
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "is malformed");
    registry.bytes("/v2/team/app/manifests/1", "{\"schemaVersion\":1}".getBytes());
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "old schema 1");
    registry.bytes("/v2/team/app/manifests/1", new byte[5 << 20]);
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "more than 4194304 bytes");
    registry.bytes(
        "/v2/team/app/manifests/1",
        "{\"config\":{\"digest\":\"sha512:00\",\"size\":1},\"layers\":[]}".getBytes());
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "is no digest that is supported");
    refused("team/app:none", ErrorCode.NOT_FOUND, registry.host() + "/team/app:none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"manifests\":[null]}",
        "{\"config\":{\"digest\":\"%1$s\",\"size\":%2$d},\"layers\":[null]}",
        "{\"config\":null,\"layers\":null,\"manifests\":[null,null]}"
      })
  void nullsAreRefusedInWords(String manifest) {
    byte[] config = image.config();
    registry.bytes(
        "/v2/team/app/manifests/1",
        manifest.formatted(Digests.sha256(config), config.length).getBytes());
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "is malformed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"rootfs\":{\"diff_ids\":[null]}",
        "\"config\":{\"Env\":[null]}",
        "\"config\":{\"Labels\":{\"a\":null}}"
      })
  void nullsInAConfigAreRefusedInWords(String fields) {
    byte[] config = "{\"os\":\"linux\",%s}".formatted(fields).getBytes();
    registry
        .bytes(
            "/v2/team/app/manifests/1",
            TestImage.manifest(config, image.layer(), image.layer().length))
        .bytes("/v2/team/app/blobs/" + Digests.sha256(config), config);
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "is malformed");
  }

  @Test
  void platformsAreChosenAndMissingOnesNamed() throws Exception {
    String digest = Digests.sha256(image.manifest());
    String index =
        """
        {"schemaVersion":2,"manifests":[
         {"digest":"sha256:%s","size":1,"platform":{"os":"linux","architecture":"s390x"}},
         {"digest":"%s","size":%d,"platform":{"os":"linux","architecture":"%s"}}]}
        """;
    registry.bytes(
        "/v2/team/app/manifests/all",
        index
            .formatted(
                "0".repeat(64),
                digest,
                image.manifest().length,
                ImageStoreConfig.hostArchitecture())
            .getBytes());
    assertThat(pull("team/app:all").layerCount()).isOne();
    registry.bytes(
        "/v2/team/app/manifests/other",
        index.formatted("0".repeat(64), digest, 5, "riscv64").getBytes());
    refused(
        "team/app:other",
        ErrorCode.FAILED_PRECONDITION,
        "which this host needs: it is for linux/s390x, linux/riscv64");
    TestImage foreign = TestImage.of("s390x");
    foreign.serve(registry);
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "it is for linux/s390x");
  }

  @Test
  void bearerTokensAreFetchedWithCredentialsAndNotSentElsewhere() throws Exception {
    try (LyingRegistry elsewhere = new LyingRegistry()) {
      elsewhere.on(
          "/blob",
          (exchange, count) -> {
            assertThat(exchange.getRequestHeaders().get("Authorization")).isNull();
            LyingRegistry.send(exchange, 200, image.layer());
          });
      registry.on(
          "/token",
          (exchange, count) -> {
            boolean right =
                "Basic dTpw".equals(exchange.getRequestHeaders().getFirst("Authorization"))
                    && exchange.getRequestURI().getQuery().contains("repository:team/app:pull");
            LyingRegistry.send(exchange, right ? 200 : 401, "{\"token\":\"t0k\"}".getBytes());
          });
      registry.on("/v2/team/app/manifests/1", (x, n) -> guarded(x, image.manifest()));
      registry.on(
          image.layerPath(),
          (exchange, count) -> {
            exchange.getResponseHeaders().add("Location", "http://" + elsewhere.host() + "/blob");
            LyingRegistry.send(exchange, 307, new byte[0]);
          });
      Optional<Credentials> right = Optional.of(new Credentials("u", "p"));
      assertThat(store.pull(reference("team/app:1"), right, Progress.silent()).layerCount())
          .isOne();
      Optional<Credentials> wrong = Optional.of(new Credentials("u", "secret"));
      assertThatThrownBy(() -> store.pull(reference("team/app:1"), wrong, Progress.silent()))
          .hasMessageContaining("refuses the credentials")
          .hasMessageNotContaining("secret")
          .isInstanceOfSatisfying(
              AtollException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
    }
  }

  private void guarded(com.sun.net.httpserver.HttpExchange exchange, byte[] body)
      throws java.io.IOException {
    if ("Bearer t0k".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      LyingRegistry.send(exchange, 200, body);
      return;
    }
    exchange
        .getResponseHeaders()
        .add(
            "WWW-Authenticate",
            "Bearer realm=\"http://" + registry.host() + "/token\",service=\"s\"");
    LyingRegistry.send(exchange, 401, new byte[0]);
  }

  @Test
  void aRegistryThatIsDownIsNamed() {
    String host = registry.host();
    registry.close();
    refused("team/app:1", ErrorCode.FAILED_PRECONDITION, "the registry " + host + " can't be");
  }

  private Image pull(String name) throws Exception {
    return store.pull(reference(name), Optional.empty(), Progress.silent());
  }

  private RegistryReference reference(String name) {
    return RegistryReference.parse(registry.host() + "/" + name);
  }

  private void refused(String name, ErrorCode code, String words) {
    assertThatThrownBy(() -> pull(name))
        .isInstanceOfSatisfying(AtollException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(words);
  }

  private java.util.List<String> layers() throws Exception {
    try (var files = java.nio.file.Files.list(temporary.resolve("store/layers"))) {
      return files.map(path -> path.getFileName().toString()).toList();
    }
  }
}
