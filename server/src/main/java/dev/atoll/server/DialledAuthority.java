package dev.atoll.server;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * Tells a call's handlers the host and port that the client dialled (RFC 9113 section 8.3.1, {@code
 * :authority}), which Armeria's calls keep to themselves.
 */
final class DialledAuthority implements ServerInterceptor {
  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String authority = ServiceRequestContext.current().request().authority();
    return next.startCall(
        new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
          @Override
          public @Nullable String getAuthority() {
            return authority;
          }
        },
        headers);
  }
}
