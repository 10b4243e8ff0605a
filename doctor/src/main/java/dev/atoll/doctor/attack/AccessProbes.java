package dev.atoll.doctor.attack;

import dev.atoll.doctor.attack.Probe.Trial;
import dev.atoll.protocol.modal.SandboxListRequest;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.AtollException;
import dev.atoll.sdk.ConnectToken;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.Secret;
import dev.atoll.sdk.transport.Credentials;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Tokens, secrets and addresses of others, asked of the server by a client. */
final class AccessProbes {
  private static final String GROUP = "tokens and secrets";

  private AccessProbes() {}

  static List<Probe> all() {
    return List.of(
        new Probe("token-of-another-task", GROUP, TaskTokenProbes::ofAnotherTask),
        new Probe("token-forged", GROUP, TaskTokenProbes::forged),
        new Probe("token-missing", GROUP, TaskTokenProbes::missing),
        new Probe("api-without-token", GROUP, AccessProbes::withoutToken),
        new Probe("api-wrong-secret", GROUP, AccessProbes::wrongSecret),
        new Probe("connect-token-of-another", GROUP, AccessProbes::connectTokenOfAnother),
        new Probe("secret-of-another-environment", GROUP, AccessProbes::secretOfAnother),
        new Probe("secret-in-snapshot", GROUP, AccessProbes::secretInSnapshot));
  }

  private static Outcome listing(Scene scene, Credentials pair) {
    try {
      var unused = scene.api().api(pair).sandboxList(SandboxListRequest.getDefaultInstance());
      return Outcome.succeeded("the server answered");
    } catch (StatusRuntimeException refused) {
      return Outcome.refused(String.valueOf(refused.getStatus()));
    }
  }

  private static Control ownPair(Scene scene) {
    return Control.of("with the right token pair", listing(scene, scene.credentials()));
  }

  private static Trial.Result withoutToken(Scene scene) {
    return new Trial.Result(listing(scene, new Credentials("", "")), ownPair(scene));
  }

  private static Trial.Result wrongSecret(Scene scene) {
    Credentials own = scene.credentials();
    String secret = own.tokenSecret();
    char last = secret.charAt(secret.length() - 1);
    String other = secret.substring(0, secret.length() - 1) + (last == 'a' ? 'b' : 'a');
    return new Trial.Result(
        listing(scene, new Credentials(own.tokenId(), other))
            .orElse(listing(scene, new Credentials(own.tokenId(), ""))),
        ownPair(scene));
  }

  /** What a sandbox's token opens is that sandbox's port, not its neighbour's. */
  private static Trial.Result connectTokenOfAnother(Scene scene)
      throws IOException, InterruptedException {
    ConnectToken own = scene.attacker().sandbox().createConnectToken(Scene.NEIGHBOUR_PORT, "");
    ConnectToken other = scene.neighbour().sandbox().createConnectToken(Scene.NEIGHBOUR_PORT, "");
    return new Trial.Result(
        page(other.url(), own.token()).orElse(page(other.url(), "")),
        Control.of("with the neighbour's own token", page(other.url(), other.token())));
  }

  private static Outcome page(String url, String token) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/index.html"))
            .timeout(Duration.ofSeconds(5))
            .header("Authorization", "Bearer " + token)
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.body().startsWith("neighbour")
          ? Outcome.succeeded("the neighbour's page was read")
          : Outcome.refused("HTTP status " + answer.statusCode());
    }
  }

  private static Trial.Result secretOfAnother(Scene scene) {
    scene.api().createEnvironment("attack-own");
    scene.api().createEnvironment("attack-other");
    scene.api().createSecret("attack-other", "attack-secret", Map.of("KEY", "value"));
    return new Trial.Result(
        named(scene, "attack-own").orElse(named(scene, "")),
        Control.of("in the secret's own environment", named(scene, "attack-other")));
  }

  private static Outcome named(Scene scene, String environment) {
    try (Atoll atoll = scene.client(environment)) {
      Secret secret = atoll.secrets().fromName("attack-secret");
      return Outcome.succeeded("it was found: " + secret.id());
    } catch (AtollException refused) {
      return Outcome.refused(String.valueOf(refused.getMessage()));
    }
  }

  /** What a sandbox knew is not in the image that is made of it. */
  private static Trial.Result secretInSnapshot(Scene scene)
      throws IOException, InterruptedException {
    String value = "secret-" + UUID.randomUUID();
    String search =
        "env | grep -c %1$s; grep -rl %1$s /etc /root /srv /tmp | head -n 3".formatted(value);
    Secret secret = scene.atoll().secrets().fromMap(Map.of("ATTACK_SECRET", value));
    try (Sandbox first = scene.sandbox(options -> options.secret(secret))) {
      Outcome known =
          new Box(first).shell("env | grep -c " + value + "; true").equals("0")
              ? Outcome.refused("the sandbox itself does not know it")
              : Outcome.succeeded("its environment has it");
      Image image = first.snapshotFilesystem();
      try (Sandbox second = scene.sandbox(image, options -> {})) {
        String found = new Box(second).shell(search + "; true");
        return new Trial.Result(
            found.equals("0")
                ? Outcome.refused("neither the environment nor the files have it")
                : Outcome.succeeded("it is there: " + found),
            Control.of("in the sandbox that the image was made of", known));
      }
    }
  }
}
