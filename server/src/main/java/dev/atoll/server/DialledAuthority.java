package dev.atoll.server;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Attributes;
import io.grpc.ForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells a call's handlers the host and port that the client dialled (RFC 9113 section 8.3.1, {@code
 * :authority}), and whether it came by TLS, which Armeria's calls keep to themselves.
 */
final class DialledAuthority implements ServerInterceptor {
  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    ServiceRequestContext context = ServiceRequestContext.current();
    String authority = context.request().authority();
    Attributes.Builder attributes = call.getAttributes().toBuilder();
    Optional.ofNullable(context.sslSession())
        .ifPresent(session -> attributes.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session));
    Attributes known = attributes.build();
    return next.startCall(
        new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
          @Override
          public @Nullable String getAuthority() {
            return authority;
          }

          @Override
          public Attributes getAttributes() {
            return known;
          }
        },
        headers);
  }
}
