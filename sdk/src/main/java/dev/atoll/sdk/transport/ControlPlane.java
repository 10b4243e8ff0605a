package dev.atoll.sdk.transport;

import dev.atoll.protocol.modal.AuthTokenGetRequest;
import dev.atoll.protocol.modal.ModalClientGrpc;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The control plane of one server: adds who is calling to each call, and repeats calls that failed
 * on the way. All attempts of one call carry one idempotency key, so that a repetition makes
 * nothing twice.
 */
public final class ControlPlane {
  // The protocol knows no number for clients in Java. This is the one whose rules for connections
  // this
  // client follows: router URLs with https, in plaintext on loopback.
  private static final String CLIENT_TYPE = "8";
  private static final String PROTOCOL_VERSION = "1.0.0";

  private static final Metadata.Key<String> TYPE = Calls.key("x-modal-client-type");
  private static final Metadata.Key<String> VERSION = Calls.key("x-modal-client-version");
  private static final Metadata.Key<String> LIBRARY = Calls.key("x-modal-libmodal-version");
  private static final Metadata.Key<String> TOKEN_ID = Calls.key("x-modal-token-id");
  private static final Metadata.Key<String> TOKEN_SECRET = Calls.key("x-modal-token-secret");
  private static final Metadata.Key<String> AUTH_TOKEN = Calls.key("x-modal-auth-token");
  private static final Metadata.Key<String> IDEMPOTENCY = Calls.key("x-idempotency-key");
  private static final Metadata.Key<String> ATTEMPT = Calls.key("x-retry-attempt");
  private static final Metadata.Key<String> DELAY = Calls.key("x-retry-delay");

  private final Endpoint endpoint;
  private final Channels channels;
  private final Credentials credentials;
  private final String library;
  private final String environment;
  private final Failure failure;
  private final RetryPolicy retryPolicy;
  private final AuthToken authToken;

  /**
   * Creates a client of the control plane; connects at the first call.
   *
   * @param environment see {@link #environment()}
   */
  public ControlPlane(
      Endpoint endpoint,
      Channels channels,
      Credentials credentials,
      String library,
      String environment,
      RetryPolicy retryPolicy,
      Clock clock,
      Failure failure) {
    this.endpoint = endpoint;
    this.channels = channels;
    this.credentials = credentials;
    this.library = library;
    this.environment = environment;
    this.failure = failure;
    this.retryPolicy = retryPolicy;
    this.authToken = new AuthToken(this::fetchAuthToken, clock);
  }

  /** Calls and waits for the answer. */
  public <Q, R> R call(MethodDescriptor<Q, R> method, Q query) {
    return attempts(method, query, true, retryPolicy::allows);
  }

  /**
   * As {@link #call}, for what the server waits for as long as the query says: that this time is
   * over is told at once.
   */
  public <Q, R> R callWaiting(MethodDescriptor<Q, R> method, Q query) {
    return attempts(
        method,
        query,
        true,
        (code, attempt) ->
            code != Status.Code.DEADLINE_EXCEEDED && retryPolicy.allows(code, attempt));
  }

  /** A stream that opens again, with the query it is then given, when it breaks. */
  public <Q, R> ResumingStream<R> stream(MethodDescriptor<Q, R> method, Supplier<Q> query) {
    return new ResumingStream<>(
        () -> Calls.stream(channels.to(endpoint), method, headers(true), query.get()),
        RetryPolicy.ROUTER,
        () -> false,
        this::translate);
  }

  /** Where the control plane is. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** The environment that is meant where a call names none; empty: the server's default one. */
  public String environment() {
    return environment;
  }

  /** The client of a task's command router. Asks for its address at the first call. */
  public Router router(String taskId) {
    return new Router(this, channels, taskId, Clock.systemUTC());
  }

  RuntimeException translate(Status status) {
    if (channels.isClosed()) {
      return failure.of(
          Status.CANCELLED.withDescription("The client is closed").withCause(status.asException()));
    }
    if (status.getCode() == Status.Code.UNAVAILABLE) {
      String said = status.getDescription() == null ? "" : " (" + status.getDescription() + ")";
      return failure.of(
          status.withDescription(
              "The server at " + endpoint.authority() + " can't be reached" + said));
    }
    return failure.of(status);
  }

  private interface Rule {
    boolean allowsAnother(Status.Code code, int attempt);
  }

  private <Q, R> R attempts(
      MethodDescriptor<Q, R> method, Q query, boolean authenticated, Rule rule) {
    Metadata headers = headers(authenticated);
    headers.put(IDEMPOTENCY, UUID.randomUUID().toString());
    for (int attempt = 0; ; attempt++) {
      headers.discardAll(ATTEMPT);
      headers.put(ATTEMPT, Integer.toString(attempt));
      if (attempt > 0) {
        headers.discardAll(DELAY);
        headers.put(DELAY, seconds(retryPolicy.pauseAfter(attempt - 1)));
      }
      try {
        return Calls.unary(channels.to(endpoint), method, CallOptions.DEFAULT, headers, query);
      } catch (StatusRuntimeException e) {
        if (channels.isClosed()
            || Thread.currentThread().isInterrupted()
            || !rule.allowsAnother(e.getStatus().getCode(), attempt)
            || !retryPolicy.sleepAfter(attempt)) {
          throw translate(e.getStatus());
        }
      }
    }
  }

  private static String seconds(Duration duration) {
    return Double.toString(duration.toMillis() / 1000.0);
  }

  private Metadata headers(boolean authenticated) {
    Metadata headers = new Metadata();
    headers.put(TYPE, CLIENT_TYPE);
    headers.put(VERSION, PROTOCOL_VERSION);
    headers.put(LIBRARY, library);
    headers.put(TOKEN_ID, credentials.tokenId());
    headers.put(TOKEN_SECRET, credentials.tokenSecret());
    if (authenticated) {
      headers.put(AUTH_TOKEN, authToken.get());
    }
    return headers;
  }

  private String fetchAuthToken() {
    String token =
        attempts(
                ModalClientGrpc.getAuthTokenGetMethod(),
                AuthTokenGetRequest.getDefaultInstance(),
                false,
                retryPolicy::allows)
            .getToken();
    if (token.isEmpty()) {
      throw failure.of(Status.UNAUTHENTICATED.withDescription("The server gave an empty token"));
    }
    return token;
  }
}
