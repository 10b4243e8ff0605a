package dev.atoll.images.registry;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Credentials;
import dev.atoll.images.oci.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The authorisation for one repository: none, basic, or a bearer token. Credentials are looked up
 * when the registry asks for some, once. Thread-safe.
 */
final class Authentication {
  private static final int MOST_TOKEN_BYTES = 1 << 20;

  private final HttpClient http;
  private final StallGuard stallGuard;
  private final CredentialSource source;
  private final Scope scope;
  private final boolean plain;
  private Optional<Optional<Credentials>> found = Optional.empty();
  private volatile Optional<String> header = Optional.empty();

  Authentication(
      HttpClient http, StallGuard stallGuard, CredentialSource source, Scope scope, boolean plain) {
    this.http = http;
    this.stallGuard = stallGuard;
    this.source = source;
    this.scope = scope;
    this.plain = plain;
  }

  /**
   * What is to be allowed (Docker's token authentication, "Requesting a Token").
   *
   * @param repository its name
   * @param actions such as {@code pull,push}
   */
  record Scope(String repository, String actions) {
    String text() {
      return "repository:" + repository + ":" + actions;
    }
  }

  private record Token(@Nullable String token, @Nullable String access_token) {}

  /** Whether it took somebody's credentials to come in. */
  synchronized boolean hasUsedCredentials() {
    return header.isPresent() && credentials().isPresent();
  }

  /** The header for the next request. */
  Optional<String> header() {
    return header;
  }

  /**
   * Gets what a refused request needs.
   *
   * @param used the header of the refused request: another thread may have a newer one already
   * @return whether it is worth a repetition
   */
  synchronized boolean answer(Challenge challenge, Optional<String> used)
      throws IOException, InterruptedException {
    if (!header.equals(used)) {
      return true;
    }
    lookUp();
    Optional<String> fresh =
        challenge.scheme().equals("basic") ? basic() : Optional.of("Bearer " + token(challenge));
    if (fresh.isEmpty() || fresh.equals(used)) {
      return false;
    }
    header = fresh;
    return true;
  }

  private Optional<Credentials> credentials() {
    return found.orElse(Optional.empty());
  }

  private void lookUp() throws IOException, InterruptedException {
    if (found.isEmpty()) {
      found = Optional.of(source.find());
    }
  }

  private Optional<String> basic() {
    return credentials()
        .map(
            pair ->
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(
                            (pair.username() + ":" + pair.password())
                                .getBytes(StandardCharsets.UTF_8)));
  }

  private String token(Challenge challenge) throws IOException, InterruptedException {
    String realm = challenge.parameter("realm").orElse("");
    if (!realm.startsWith("https://") && !(plain && realm.startsWith("http://"))) {
      throw refused("the registry names no token service that can be trusted");
    }
    StringBuilder uri = new StringBuilder(realm).append(realm.indexOf('?') < 0 ? '?' : '&');
    challenge
        .parameter("service")
        .ifPresent(s -> uri.append("service=").append(encode(s)).append('&'));
    uri.append("scope=").append(encode(scope.text()));
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(URI.create(uri.toString())).timeout(Duration.ofSeconds(30));
    } catch (IllegalArgumentException e) {
      throw refused("the registry names a malformed token service");
    }
    basic().ifPresent(value -> request.header("Authorization", value));
    HttpResponse<InputStream> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = stallGuard.guard(response.body())) {
      if (response.statusCode() != 200) {
        throw refused("its token service answered " + response.statusCode());
      }
      byte[] bytes = read(body);
      Token token = Json.read(bytes, Token.class, "the answer of the token service");
      String value = token.token() != null ? token.token() : token.access_token();
      if (value == null || !value.matches("[\\x21-\\x7e]+")) {
        throw refused("its token service gave no token");
      }
      return value;
    }
  }

  private static byte[] read(InputStream body) {
    try {
      return body.readNBytes(MOST_TOKEN_BYTES);
    } catch (IOException e) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the registry's token service is broken: " + e.getMessage(),
          e);
    }
  }

  private AtollException refused(String reason) {
    return new AtollException(
        ErrorCode.PERMISSION_DENIED,
        "%s: %s"
            .formatted(
                credentials().isPresent()
                    ? "the registry refuses the credentials"
                    : "the registry wants credentials",
                reason));
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
