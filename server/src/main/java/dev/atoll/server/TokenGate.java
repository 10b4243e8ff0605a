package dev.atoll.server;

import dev.atoll.control.auth.Caller;
import dev.atoll.control.auth.SignedTokens;
import dev.atoll.control.auth.TokenPairs;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.errors.StatusMapping;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Optional;

/**
 * Lets a call to the control plane pass with a valid token pair, or else with a token that was
 * signed for one that is still valid, and remembers whose call it is. Streams of official Go
 * clients carry the pair only, so the pair always suffices.
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
    try {
      Caller caller = caller(headers).orElseThrow(TokenGate::refused);
      Visit.enter(caller.tokenId());
      if (!pairs.isKnown(caller.tokenId())) {
        throw refused(); // It was revoked meanwhile: nobody would end this call.
      }
      return Contexts.interceptCall(caller.context(), call, headers, next);
    } catch (AtollException refused) {
      call.close(StatusMapping.toStatus(refused), StatusMapping.toTrailers(refused));
      return new ServerCall.Listener<>() {};
    }
  }

  private static AtollException refused() {
    return new AtollException(
        ErrorCode.UNAUTHENTICATED,
        "the token id or secret is wrong or missing, or the token was revoked or has expired:"
            + " 'atoll env' and 'atoll token create' print right ones");
  }

  private Optional<Caller> caller(Metadata headers) {
    String id = headers.get(ID);
    String secret = headers.get(SECRET);
    if (id != null && secret != null) {
      return pairs.caller(id, secret);
    }
    return Optional.ofNullable(headers.get(SIGNED))
        .flatMap(signed -> signedTokens.claims(SignedTokens.Audience.CONTROL, signed))
        .flatMap(claims -> pairs.caller(claims.tokenId()));
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
