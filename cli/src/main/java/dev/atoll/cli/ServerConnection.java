package dev.atoll.cli;

import dev.atoll.protocol.admin.AdminGrpc;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.sdk.transport.Endpoint;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;

/** A connection to a server, for what the SDK does not have. */
final class ServerConnection implements AutoCloseable {
  private final ManagedChannel channel;
  private final AdminGrpc.AdminBlockingStub admin;
  private final ModalClientGrpc.ModalClientBlockingStub api;

  ServerConnection(ServerAccess access) {
    Endpoint endpoint = endpoint(access.url());
    OkHttpChannelBuilder builder =
        OkHttpChannelBuilder.forAddress(endpoint.host(), endpoint.port());
    if (endpoint.plaintext()) {
      builder.usePlaintext();
    } else {
      access
          .sslContext()
          .ifPresent(context -> builder.sslSocketFactory(context.getSocketFactory()));
    }
    channel = builder.build();
    Metadata headers = new Metadata();
    headers.put(key("x-modal-token-id"), access.tokenId());
    headers.put(key("x-modal-token-secret"), access.tokenSecret());
    Channel authenticated =
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    admin = AdminGrpc.newBlockingStub(authenticated);
    api = ModalClientGrpc.newBlockingStub(authenticated);
  }

  /** The administration's calls; they throw {@link io.grpc.StatusRuntimeException}. */
  AdminGrpc.AdminBlockingStub admin() {
    return admin;
  }

  /** The Sandbox API's calls; they throw {@link io.grpc.StatusRuntimeException}. */
  ModalClientGrpc.ModalClientBlockingStub api() {
    return api;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static Endpoint endpoint(String url) {
    try {
      return Endpoint.parse(url);
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
