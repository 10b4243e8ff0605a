package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.sdk.CallTimeoutException;
import dev.atoll.sdk.ConnectToken;
import dev.atoll.sdk.FailedPreconditionException;
import dev.atoll.sdk.InvalidArgumentException;
import dev.atoll.sdk.ReadinessProbe;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.Tunnel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Ways into a sandbox's ports, and when they are open, with the Java SDK. */
abstract class PortTests extends FileSystemTests {
  PortTests(String tier) {
    super(tier);
  }

  @Test
  void portsAreReachedThroughTunnels()
      throws IOException, InterruptedException, GeneralSecurityException {
    String serve = "echo from inside > /srv/index.html; exec httpd -f -p 8000 -h /srv";
    try (Sandbox web =
            client
                .sandboxes()
                .create(
                    app,
                    tiny,
                    box ->
                        box.command("sh", "-c", serve)
                            .encryptedPorts(8000)
                            .unencryptedPorts(7000));
        TunnelClient http = TunnelClient.trusting(server.trusted())) {
      Map<Integer, Tunnel> tunnels = web.tunnels();
      assertThat(tunnels).containsOnlyKeys(8000, 7000);
      Tunnel encrypted = Objects.requireNonNull(tunnels.get(8000));
      assertThat(encrypted.unencrypted()).isEmpty();
      assertThat(Objects.requireNonNull(tunnels.get(7000)).unencrypted()).isPresent();
      assertThat(http.get(encrypted.url().resolve("/index.html"))).isEqualTo("from inside\n");
      web.terminate();
      assertThat(catchThrowableOfType(FailedPreconditionException.class, web::tunnels))
          .hasMessageContaining("has ended");
    }
    try (Sandbox plain = client.sandboxes().create(app, tiny)) {
      assertThat(plain.tunnels(Duration.ofSeconds(20))).isEmpty();
    }
  }

  /** How soon a sandbox runs is nobody's promise, so the question is put to some of them. */
  @Test
  void tunnelsOfASandboxThatDoesNotRunYetTakeTooLong() {
    CallTimeoutException tooLong = null;
    for (int i = 0; i < 20 && tooLong == null; i++) {
      try (Sandbox box =
          client.sandboxes().create(app, tiny, options -> options.encryptedPorts(8000))) {
        tooLong =
            catchThrowableOfType(CallTimeoutException.class, () -> box.tunnels(Duration.ZERO));
        assertThat(box.tunnels()).containsOnlyKeys(8000);
      }
    }
    assertThat(tooLong).hasMessageContaining("sb-").hasMessageContaining("does not run");
  }

  @Test
  void aProbeThatCannotBeIsRefused() {
    for (ThrowingCallable probe :
        List.<ThrowingCallable>of(
            () -> ReadinessProbe.tcp(0),
            () -> ReadinessProbe.tcp(65_536),
            () -> ReadinessProbe.exec(),
            () -> ReadinessProbe.tcp(80, Duration.ofMillis(9)),
            () -> ReadinessProbe.exec(List.of("true"), Duration.ofDays(30)))) {
      assertThat(catchThrowableOfType(InvalidArgumentException.class, probe))
          .hasMessageContaining("readiness probe");
    }
    ReadinessProbe absent = ReadinessProbe.exec(List.of("/no/such/program"), Duration.ofMillis(10));
    try (Sandbox box =
        client.sandboxes().create(app, tiny, options -> options.readinessProbe(absent))) {
      assertThat(
              catchThrowableOfType(
                  CallTimeoutException.class, () -> box.waitUntilReady(Duration.ofMillis(300))))
          .hasMessageContaining("not ready");
      assertThat(box.poll()).as("a probe ends no sandbox").isEmpty();
    }
  }

  @Test
  void aSandboxIsReadyWhenItsProbeSaysSo() {
    String late = "sleep 1; touch /tmp/ready; exec httpd -f -p 8125 -h /tmp";
    for (ReadinessProbe probe :
        List.of(ReadinessProbe.exec("test", "-e", "/tmp/ready"), ReadinessProbe.tcp(8125))) {
      try (Sandbox box =
          client
              .sandboxes()
              .create(
                  app, tiny, options -> options.command("sh", "-c", late).readinessProbe(probe))) {
        assertThat(
                catchThrowableOfType(
                    CallTimeoutException.class, () -> box.waitUntilReady(Duration.ofMillis(200))))
            .hasMessageContaining("not ready");
        box.waitUntilReady(Duration.ofSeconds(20));
        box.waitUntilReady();
        box.terminateAndWait();
        assertThat(
                catchThrowableOfType(
                    FailedPreconditionException.class,
                    () -> box.waitUntilReady(Duration.ofSeconds(5))))
            .hasMessageContaining("has ended");
      }
    }
    try (Sandbox plain = client.sandboxes().create(app, tiny)) {
      assertThat(
              catchThrowableOfType(
                  FailedPreconditionException.class,
                  () -> plain.waitUntilReady(Duration.ofSeconds(5))))
          .hasMessageContaining("readiness probe");
    }
  }

  @Test
  void aConnectTokenOpensThePortThatItWasMadeFor() throws IOException, InterruptedException {
    String serve = "echo here > /tmp/index.html; exec httpd -f -p 8123 -h /tmp";
    try (Sandbox box =
            client.sandboxes().create(app, tiny, options -> options.command("sh", "-c", serve));
        HttpClient http = HttpClient.newHttpClient()) {
      ConnectToken token = box.createConnectToken(8123, "user 1");
      assertThat(token.toString()).doesNotContain(token.token());
      HttpResponse<String> answer = ask(http, token);
      for (int i = 0; i < 100 && answer.statusCode() == 502; i++) {
        TimeUnit.MILLISECONDS.sleep(50);
        answer = ask(http, token);
      }
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("here\n");

      ConnectToken another = box.createConnectToken(8124, "");
      HttpResponse<String> elsewhere = ask(http, another);
      assertThat(elsewhere.statusCode()).isEqualTo(502);
      assertThat(elsewhere.body()).contains("port 8124");
      assertThat(another.url()).as("cookies know no ports").isNotEqualTo(token.url());
      ConnectToken mixed = new ConnectToken(another.url(), token.token());
      assertThat(ask(http, mixed).statusCode()).isEqualTo(401);
      for (int port : new int[] {0, 65_536}) {
        assertThat(
                catchThrowableOfType(
                    InvalidArgumentException.class, () -> box.createConnectToken(port, "")))
            .hasMessageContaining("port");
      }
      box.terminateAndWait();
      assertThat(
              catchThrowableOfType(
                  FailedPreconditionException.class, () -> box.createConnectToken()))
          .hasMessageContaining("has ended");
    }
  }

  private static HttpResponse<String> ask(HttpClient http, ConnectToken token)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(token.url() + "/index.html"))
            .header("Authorization", "Bearer " + token.token())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
