package dev.atoll.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.sdk.transport.Endpoint;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a client connects to, and what it needs for that. */
class ConnectTest {
  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> Atoll.builder().environment(Map.of()).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("MODAL_SERVER_URL");
    assertThatThrownBy(() -> Atoll.builder().serverUrl("http://localhost:1").build())
        .isInstanceOf(AccessException.class)
        .hasMessageContaining("MODAL_TOKEN_ID");
  }

  @Test
  void theEnvironmentIsEnough() {
    Map<String, String> environment =
        Map.of(
            "MODAL_SERVER_URL", "http://127.0.0.1:1",
            "MODAL_TOKEN_ID", "ak-1",
            "MODAL_TOKEN_SECRET", "as-1");
    try (Atoll client = Atoll.builder().environment(environment).build()) {
      assertThatThrownBy(() -> client.apps().fromName("x"))
          .isInstanceOf(UnavailableException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost:7070", "ftp://localhost", "http://", "http:// x", "https:///p"})
  void aMalformedUrlIsShown(String url) {
    assertThatThrownBy(() -> Atoll.builder().serverUrl(url).token("a", "b").build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'" + url + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:7070, https://localhost:7071, localhost, 7071, true",
    "https://127.0.0.1:7070, https://127.0.0.1, 127.0.0.1, 443, false",
    "http://localhost, http://127.0.0.1:9, 127.0.0.1, 9, true",
    "https://atoll.example.com, https://worker.example.com, worker.example.com, 443, false",
  })
  void aRouterOnLoopbackIsSpokenToAsTheControlPlaneThereIs(
      String controlPlane, String router, String host, int port, boolean plaintext) {
    assertThat(Endpoint.parse(controlPlane).router(router))
        .isEqualTo(new Endpoint(host, port, plaintext));
  }

  @Test
  void aRemoteRouterWithoutTlsIsRefused() {
    Endpoint controlPlane = Endpoint.parse("https://atoll.example.com");
    assertThatThrownBy(() -> controlPlane.router("http://worker.example.com"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("http://worker.example.com");
  }
}
