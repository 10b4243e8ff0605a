package dev.atoll.cli;

import dev.atoll.protocol.admin.AdminGrpc;
import dev.atoll.sdk.transport.Endpoint;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;

/** A connection to a server's administration service. */
final class AdminClient implements AutoCloseable {
  private final ManagedChannel channel;
  private final AdminGrpc.AdminBlockingStub calls;

  AdminClient(ServerAccess access) {
    Endpoint endpoint = endpoint(access.url());
    OkHttpChannelBuilder builder =
        OkHttpChannelBuilder.forAddress(endpoint.host(), endpoint.port());
    channel = (endpoint.plaintext() ? builder.usePlaintext() : builder).build();
    Metadata headers = new Metadata();
    headers.put(key("x-modal-token-id"), access.tokenId());
    headers.put(key("x-modal-token-secret"), access.tokenSecret());
    calls =
        AdminGrpc.newBlockingStub(
            ClientInterceptors.intercept(
                channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  /** The calls; they throw {@link io.grpc.StatusRuntimeException}. */
  AdminGrpc.AdminBlockingStub calls() {
    return calls;
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
