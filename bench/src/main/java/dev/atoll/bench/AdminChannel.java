package dev.atoll.bench;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.util.Map;

/** A connection to a server for what the SDK doesn't have: the calls of the command line. */
public final class AdminChannel {
  private AdminChannel() {}

  /**
   * Opens one; it connects at the first call.
   *
   * @param url of a server on this machine
   * @param credentials {@code token_id} and {@code token_secret}
   */
  public static ManagedChannel open(String url, Map<String, String> credentials) {
    Metadata metadata = new Metadata();
    metadata.put(header("x-modal-token-id"), credentials.getOrDefault("token_id", ""));
    metadata.put(header("x-modal-token-secret"), credentials.getOrDefault("token_secret", ""));
    URI address = URI.create(url);
    return OkHttpChannelBuilder.forAddress(address.getHost(), address.getPort())
        .usePlaintext()
        .intercept(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .build();
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
