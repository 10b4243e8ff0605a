package dev.atoll.server;

import dev.atoll.protocol.worker.WorkerDescription;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Names tier and runtime in the headers that a create is answered with. */
final class RuntimeHeaders implements ServerInterceptor {
  private static final Metadata.Key<String> TIER =
      Metadata.Key.of("x-atoll-tier", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> RUNTIME =
      Metadata.Key.of("x-atoll-runtime", Metadata.ASCII_STRING_MARSHALLER);

  private final WorkerDescription worker;

  RuntimeHeaders(WorkerDescription worker) {
    this.worker = worker;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
    if (!method.startsWith("SandboxCreate")) {
      return next.startCall(call, headers);
    }
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void sendHeaders(Metadata responseHeaders) {
            responseHeaders.put(TIER, worker.getTier());
            responseHeaders.put(RUNTIME, worker.getRuntime());
            super.sendHeaders(responseHeaders);
          }
        },
        headers);
  }
}
