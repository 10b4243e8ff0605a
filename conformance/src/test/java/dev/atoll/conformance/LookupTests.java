package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.protocol.admin.CreateProxyRequest;
import dev.atoll.protocol.admin.RemoveProxyRequest;
import dev.atoll.protocol.modal.EnvironmentCreateRequest;
import dev.atoll.protocol.modal.EnvironmentDeleteRequest;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.FailedPreconditionException;
import dev.atoll.sdk.NotFoundException;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.Secret;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is looked for by its name, and where, with the Java SDK. */
abstract class LookupTests extends RegistryTests {
  private static final String ELSEWHERE = "elsewhere";

  LookupTests(String tier) {
    super(tier);
  }

  @Test
  void eachLookupTakesAnEnvironment() throws IOException {
    try (Wire wire = Wire.to(server);
        Atoll there = server.client(settings -> settings.environmentName(ELSEWHERE))) {
      wire.control()
          .environmentCreate(EnvironmentCreateRequest.newBuilder().setName(ELSEWHERE).build());
      wire.putSecret(ELSEWHERE, "token", Map.of("KEY", "of elsewhere"));
      wire.admin()
          .createProxy(
              CreateProxyRequest.newBuilder().setName("way").setEnvironmentName(ELSEWHERE).build());
      App theirs =
          client
              .apps()
              .fromName("lookups", options -> options.environment(ELSEWHERE).createIfMissing(true));
      try (Sandbox box = client.sandboxes().create(theirs, tiny, options -> options.name("one"))) {
        isElsewhereOnly(box);
        assertThat(there.apps().fromName("lookups").id()).isEqualTo(theirs.id());
        assertThat(there.sandboxes().fromName("lookups", "one").id()).isEqualTo(box.id());
        assertThat(there.sandboxes().list().map(Sandbox::id)).containsExactly(box.id());
        box.terminateAndWait();
      }
      secretsAreOfTheirEnvironment(theirs);
      nobodyFinds("nowhere");
      wire.admin()
          .removeProxy(
              RemoveProxyRequest.newBuilder().setName("way").setEnvironmentName(ELSEWHERE).build());
      wire.control()
          .environmentDelete(EnvironmentDeleteRequest.newBuilder().setName(ELSEWHERE).build());
      nobodyFinds(ELSEWHERE);
    }
  }

  private void isElsewhereOnly(Sandbox box) {
    notFound("lookups", () -> client.apps().fromName("lookups"));
    notFound("lookups", () -> client.sandboxes().fromName("lookups", "one"));
    notFound("token", () -> client.secrets().fromName("token"));
    notFound("way", () -> client.proxies().fromName("way"));
    assertThat(client.sandboxes().list().map(Sandbox::id)).doesNotContain(box.id());
    assertThat(
            client
                .sandboxes()
                .fromName("lookups", "one", sandbox -> sandbox.environment(ELSEWHERE))
                .id())
        .isEqualTo(box.id());
    assertThat(
            client.sandboxes().list(only -> only.environment(ELSEWHERE)).map(Sandbox::id).toList())
        .containsExactly(box.id());
    assertThat(client.proxies().fromName("way", proxy -> proxy.environment(ELSEWHERE)).id())
        .startsWith("pr-");
  }

  private void secretsAreOfTheirEnvironment(App theirs) {
    Secret named = client.secrets().fromName("token", secret -> secret.environment(ELSEWHERE));
    Secret made =
        client.secrets().fromMap(Map.of("OWN", "made"), secret -> secret.environment(ELSEWHERE));
    try (Sandbox box =
        client
            .sandboxes()
            .create(theirs, tiny, options -> options.secret(named).secret(made).name("two"))) {
      assertThat(box.exec("sh", "-c", "echo $KEY, $OWN").readText())
          .isEqualTo("of elsewhere, made\n");
      box.terminateAndWait();
    }
    client.secrets().delete("token", secret -> secret.environment(ELSEWHERE));
    notFound(
        "token", () -> client.secrets().fromName("token", secret -> secret.environment(ELSEWHERE)));
  }

  /** Every lookup names an environment that there is none of. */
  private void nobodyFinds(String environment) {
    List<ThrowingCallable> lookups =
        List.of(
            () -> client.apps().fromName("lookups", app -> app.environment(environment)),
            () ->
                client
                    .sandboxes()
                    .fromName("lookups", "one", sandbox -> sandbox.environment(environment)),
            () -> client.sandboxes().list(only -> only.environment(environment)).toList(),
            () -> client.secrets().fromName("token", secret -> secret.environment(environment)),
            () ->
                client
                    .secrets()
                    .fromMap(Map.of("A", "b"), secret -> secret.environment(environment)),
            () -> client.secrets().delete("token", secret -> secret.environment(environment)),
            () -> client.proxies().fromName("way", proxy -> proxy.environment(environment)));
    lookups.forEach(lookup -> notFound(environment, lookup));
  }

  private static void notFound(String named, ThrowingCallable lookup) {
    assertThat(catchThrowableOfType(NotFoundException.class, lookup))
        .as(named)
        .hasMessageContaining(named);
  }

  @Test
  void aSecretHasTheKeysThatAreRequired() throws IOException {
    try (Wire wire = Wire.to(server)) {
      wire.putSecret("", "pair", Map.of("USER", "ada", "PASSWORD", "hush"));
    }
    Secret secret = client.secrets().fromName("pair", "USER", "PASSWORD");
    assertThat(client.secrets().fromName("pair")).isEqualTo(secret);
    try (Sandbox box = client.sandboxes().create(app, tiny, options -> options.secret(secret))) {
      assertThat(box.exec("sh", "-c", "echo $USER $PASSWORD").readText()).isEqualTo("ada hush\n");
    }
    for (ThrowingCallable lacking :
        List.<ThrowingCallable>of(
            () -> client.secrets().fromName("pair", "USER", "TOKEN", "URL"),
            () -> client.secrets().fromName("pair", it -> it.requiredKeys("TOKEN", "URL")))) {
      assertThat(catchThrowableOfType(FailedPreconditionException.class, lacking))
          .hasMessageContaining("TOKEN, URL")
          .hasMessageNotContaining("hush");
    }
    client.secrets().delete("pair");
    notFound("pair", () -> client.secrets().fromName("pair", "USER"));
    notFound("pair", () -> client.secrets().delete("pair"));
  }
}
