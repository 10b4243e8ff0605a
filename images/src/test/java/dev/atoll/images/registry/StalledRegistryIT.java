package dev.atoll.images.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Progress;
import dev.atoll.images.RegistryReference;
import dev.atoll.images.RegistrySettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Registries that begin an answer and never end it. */
@Timeout(60)
class StalledRegistryIT {
  private final CountDownLatch over = new CountDownLatch(1);
  private LyingRegistry registry;
  private RegistryClient client;

  @BeforeEach
  void open() throws Exception {
    registry = new LyingRegistry();
    client = new RegistryClient(RegistrySettings.none(), List.of(), Duration.ofSeconds(1));
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
