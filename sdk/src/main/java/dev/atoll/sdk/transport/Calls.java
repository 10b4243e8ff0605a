package dev.atoll.sdk.transport;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;

/**
 * Calls with metadata. The calling thread itself does the work: no other thread wakes up for it.
 */
final class Calls {
  private Calls() {}

  static <Q, R> R unary(
      Channel channel,
      MethodDescriptor<Q, R> method,
      CallOptions options,
      Metadata headers,
      Q query) {
    return ClientCalls.blockingUnaryCall(with(channel, headers), method, options, query);
  }

  static <Q, R> BlockingClientCall<Q, R> stream(
      Channel channel, MethodDescriptor<Q, R> method, Metadata headers, Q query) {
    return ClientCalls.blockingV2ServerStreamingCall(
        with(channel, headers), method, CallOptions.DEFAULT, query);
  }

  private static Channel with(Channel channel, Metadata headers) {
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
