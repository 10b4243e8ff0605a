package dev.atoll.server;

import dev.atoll.control.auth.SignedTokens;
import dev.atoll.control.auth.TokenPairs;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Lets a call to the control plane pass with a valid token pair, or else with a token that was
 * signed for one. Streams of official Go clients carry the pair only, so the pair always suffices.
 */
final class TokenGate implements ServerInterceptor {
  private static final Metadata.Key<String> ID = header("x-modal-token-id");
  private static final Metadata.Key<String> SECRET = header("x-modal-token-secret");
  private static final Metadata.Key<String> SIGNED = header("x-modal-auth-token");

  private final TokenPairs pairs;
  private final SignedTokens signedTokens;

  TokenGate(TokenPairs pairs, SignedTokens signedTokens) {
    this.pairs = pairs;
    this.signedTokens = signedTokens;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String id = headers.get(ID);
    String secret = headers.get(SECRET);
    String signed = headers.get(SIGNED);
    boolean allowed =
        id != null && secret != null
            ? pairs.isValid(id, secret)
            : signed != null
                && signedTokens.subject(SignedTokens.Audience.CONTROL, signed).isPresent();
    if (allowed) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.UNAUTHENTICATED.withDescription(
            "the token id or secret is wrong or missing: 'atoll env' prints the right ones"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
