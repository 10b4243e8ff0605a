package dev.atoll.images.registry;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sends requests: repeats what may pass, follows redirects, authenticates. Thread-safe. */
final class HttpExchange {
  /** How often a request is sent by default. */
  static final int ATTEMPTS = 3;

  private static final int MOST_REDIRECTS = 5;
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<String> SAFE = Set.of("GET", "HEAD");
  private static final Set<Integer> PASSING = Set.of(429, 500, 502, 503, 504);

  private final HttpClient http;
  private final StallGuard stallGuard;
  private final Authentication authentication;
  private final String registry;
  private final String authority;
  private final int attempts;

  /**
   * Sends to one server.
   *
   * @param registry its name in failures
   * @param authority its host and port: what is asked of another one carries no authorisation
   * @param attempts how often a request that failed in passing is sent
   */
  HttpExchange(
      HttpClient http,
      StallGuard stallGuard,
      Authentication authentication,
      String registry,
      String authority,
      int attempts) {
    this.http = http;
    this.stallGuard = stallGuard;
    this.authentication = authentication;
    this.registry = registry;
    this.authority = authority;
    this.attempts = attempts;
  }

  /**
   * A request.
   *
   * @param header one beside the authorisation; name and value
   * @param body its bytes; each use begins anew
   * @param patience until the answer begins
   */
  record Request(
      String method,
      URI uri,
      Map.Entry<String, String> header,
      HttpRequest.BodyPublisher body,
      Duration patience) {
    static Request get(URI uri, String accept) {
      return new Request(
          "GET",
          uri,
          Map.entry("Accept", accept),
          HttpRequest.BodyPublishers.noBody(),
          Duration.ofSeconds(30));
    }

    Request to(URI other) {
      return new Request(method, other, header, body, patience);
    }
  }

  /** An answer; its body must be closed. */
  record Answer(
      int status, Optional<String> contentType, Optional<String> location, InputStream body)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  /**
   * Asks for a resource.
   *
   * @throws AtollException FAILED_PRECONDITION when the registry can't be reached or is broken,
   *     PERMISSION_DENIED when it refuses
   */
  Answer get(URI uri, String accept) throws IOException, InterruptedException {
    return send(Request.get(uri, accept));
  }

  /** As {@link #get}, for any request. */
  Answer send(Request request) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        Answer answer = authenticated(request);
        if (!PASSING.contains(answer.status()) || attempt >= attempts) {
          return answer;
        }
        answer.close();
      } catch (HttpTimeoutException e) {
        throw unreachable("it did not answer in time", e);
      } catch (ConnectException e) {
        if (attempt >= attempts) {
          boolean unknown = e.getCause() instanceof ConnectException inner && isUnresolved(inner);
          throw unreachable(
              unknown || isUnresolved(e) ? "its host name is unknown" : "no connection", e);
        }
      } catch (IOException e) {
        if (attempt >= attempts) {
          throw unreachable(String.valueOf(e.getMessage()), e);
        }
      }
      Thread.sleep(PAUSE.multipliedBy(attempt));
    }
  }

  /** Whether getting in took credentials. */
  boolean hasUsedCredentials() {
    return authentication.hasUsedCredentials();
  }

  private Answer authenticated(Request request) throws IOException, InterruptedException {
    for (int round = 0; ; round++) {
      Optional<String> used = authentication.header();
      HttpResponse<InputStream> response = redirected(request, used);
      if (response.statusCode() == 401 && round < 2) {
        Optional<Challenge> challenge =
            Challenge.first(response.headers().allValues("WWW-Authenticate"));
        response.body().close();
        if (challenge.isPresent() && authentication.answer(challenge.get(), used)) {
          continue;
        }
        throw denied(used);
      }
      if (response.statusCode() == 401 || response.statusCode() == 403) {
        response.body().close();
        throw denied(used);
      }
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Content-Type"),
          response.headers().firstValue("Location"),
          stallGuard.guard(response.body()));
    }
  }

  private HttpResponse<InputStream> redirected(Request first, Optional<String> authorization)
      throws IOException, InterruptedException {
    Request request = first;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      HttpResponse<InputStream> response =
          http.send(message(request, authorization), HttpResponse.BodyHandlers.ofInputStream());
      if (!REDIRECTS.contains(response.statusCode())) {
        return response;
      }
      response.body().close();
      if (!SAFE.contains(request.method())) {
        throw broken("it redirects an upload");
      }
      request =
          request.to(target(request.uri(), response.headers().firstValue("Location").orElse("")));
    }
    throw broken("it redirects more than " + MOST_REDIRECTS + " times");
  }

  private HttpRequest message(Request request, Optional<String> authorization) {
    HttpRequest.Builder message =
        HttpRequest.newBuilder(request.uri())
            .timeout(request.patience())
            .method(request.method(), request.body())
            .header(request.header().getKey(), request.header().getValue());
    // Credentials are for the registry itself and no one it points at.
    if (request.uri().getRawAuthority().equals(authority)) {
      authorization.ifPresent(value -> message.header("Authorization", value));
    }
    return message.build();
  }

  /**
   * Where an answer sends the client.
   *
   * @throws AtollException FAILED_PRECONDITION when it can't be trusted
   */
  URI target(URI from, String location) {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw broken("it redirects to a malformed address");
    }
    boolean weaker = "https".equals(from.getScheme()) && !"https".equals(to.getScheme());
    boolean web = "https".equals(to.getScheme()) || "http".equals(to.getScheme());
    if (location.isEmpty() || weaker || !web || to.getRawAuthority() == null) {
      throw broken("it redirects to an address that can't be trusted");
    }
    return to;
  }

  private static boolean isUnresolved(IOException failure) {
    return failure.getCause() instanceof UnresolvedAddressException;
  }

  private AtollException denied(Optional<String> used) {
    return new AtollException(
        ErrorCode.PERMISSION_DENIED,
        used.isPresent()
            ? "the registry %s refuses access: wrong credentials, or no such repository"
                .formatted(registry)
            : "the registry %s wants credentials, and none were given".formatted(registry));
  }

  private AtollException unreachable(String reason, IOException cause) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "the registry %s can't be reached: %s".formatted(registry, reason),
        cause);
  }

  AtollException broken(String reason) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION, "the registry %s is broken: %s".formatted(registry, reason));
  }
}
