package dev.atoll.images.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageStore;
import dev.atoll.images.ImageStoreConfig;
import dev.atoll.images.Progress;
import dev.atoll.images.RegistryReference;
import dev.atoll.images.RegistrySettings;
import dev.atoll.images.store.ImageStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Registries that begin an answer and never end it. Needs root: layers are unpacked. */
@Timeout(60)
class StalledRegistryIT {
  private static final RegistrySettings SETTINGS =
      RegistrySettings.none().withStall(Duration.ofSeconds(1));

  @TempDir Path folder;
  private final CountDownLatch over = new CountDownLatch(1);
  private LyingRegistry registry;
  private RegistryClient client;

  @BeforeEach
  void open() throws Exception {
    registry = new LyingRegistry();
    client = new RegistryClient(SETTINGS, List.of());
  }

  @AfterEach
  void close() {
    over.countDown();
    client.close();
    registry.close();
  }

  @Test
  void aManifestThatStopsIsGivenUp() {
    registry.on("/v2/team/app/manifests/1", (exchange, count) -> stall(exchange));
    refused("is broken: the registry sent less than");
  }

  @Test
  void aTokenThatStopsIsGivenUp() {
    registry.on(
        "/v2/team/app/manifests/1",
        (exchange, count) -> {
          exchange
              .getResponseHeaders()
              .add("WWW-Authenticate", "Bearer realm=\"http://" + registry.host() + "/token\"");
          LyingRegistry.send(exchange, 401, new byte[0]);
        });
    registry.on("/token", (exchange, count) -> stall(exchange));
    refused("token service is broken: the registry sent less than");
  }

  @Test
  void aLayerThatStopsIsBegunAnew() throws Exception {
    TestImage image = TestImage.ofThisHost();
    image.serve(registry);
    registry.on(
        image.layerPath(),
        (exchange, count) -> {
          if (count == 1) {
            stallIn(exchange, image.layer());
          }
          LyingRegistry.send(exchange, 200, image.layer());
        });
    try (ImageStore store = open(folder)) {
      assertThat(pull(store).layerCount()).isOne();
    }
    assertThat(registry.count(image.layerPath())).isEqualTo(2);
  }

  @Test
  void aLayerThatStopsEachTimeEndsThePullAndLeavesNothing() throws Exception {
    TestImage image = TestImage.ofThisHost();
    image.serve(registry);
    registry.on(image.layerPath(), (exchange, count) -> stallIn(exchange, image.layer()));
    try (ImageStore store = open(folder)) {
      List<Path> before = layers();
      assertThatThrownBy(() -> pull(store))
          .isInstanceOfSatisfying(
              AtollException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION))
          .hasMessageContaining("the registry sent less than 1024 bytes in 1 s");
      assertThat(store.list()).isEmpty();
      assertThat(layers()).isEqualTo(before);
      assertThat(folder.resolve("trash")).isEmptyDirectory();
      image.serve(registry);
      assertThat(pull(store).layerCount()).isOne();
    }
  }

  private List<Path> layers() throws IOException {
    try (Stream<Path> layers = Files.list(folder.resolve("layers"))) {
      return layers.sorted().toList();
    }
  }

  private static ImageStore open(Path folder) throws Exception {
    return ImageStores.open(
        ImageStoreConfig.of(folder).withCache(folder.resolve("cache")).withRegistries(SETTINGS));
  }

  private Image pull(ImageStore store) throws Exception {
    return store.pull(
        RegistryReference.parse(registry.host() + "/team/app:1"),
        Optional.empty(),
        Progress.silent());
  }

  /** Sends half of a layer, and no more. */
  private void stallIn(com.sun.net.httpserver.HttpExchange exchange, byte[] layer)
      throws IOException, InterruptedException {
    exchange.sendResponseHeaders(200, layer.length);
    exchange.getResponseBody().write(layer, 0, layer.length / 2);
    exchange.getResponseBody().flush();
    over.await();
  }

  private void refused(String words) {
    RegistryReference reference = RegistryReference.parse(registry.host() + "/team/app:1");
    assertThatThrownBy(
            () -> client.repository(reference, Optional.empty(), Progress.silent()).root())
        .isInstanceOfSatisfying(
            AtollException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION))
        .hasMessageContaining(words);
  }

  private void stall(com.sun.net.httpserver.HttpExchange exchange)
      throws IOException, InterruptedException {
    exchange.sendResponseHeaders(200, 1000);
    exchange.getResponseBody().write('{');
    exchange.getResponseBody().flush();
    over.await();
  }
}
