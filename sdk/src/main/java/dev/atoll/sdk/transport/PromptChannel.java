package dev.atoll.sdk.transport;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;

/**
 * A channel that connects again for each call while its server is not there. By itself gRPC waits
 * for a second and more, and fails calls meanwhile, so that all attempts of a {@link RetryPolicy}
 * would meet one refused connection; the pauses between attempts are that policy's.
 */
final class PromptChannel extends Channel {
  private final ManagedChannel channel;

  PromptChannel(ManagedChannel channel) {
    this.channel = channel;
  }

  @Override
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
    return channel.newCall(method, options);
  }

  @Override
  public String authority() {
    return channel.authority();
  }

  void shutdownNow() {
    channel.shutdownNow();
  }
}
