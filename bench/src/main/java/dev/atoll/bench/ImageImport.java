package dev.atoll.bench;

import dev.atoll.protocol.admin.AdminGrpc;
import dev.atoll.protocol.admin.ImportImageRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Imports a root folder as an image of a server, as {@code atoll image import} does. */
final class ImageImport {
  private ImageImport() {}

  static void run(String url, Map<String, String> credentials, Path root, String tag)
      throws InterruptedException {
    Metadata metadata = new Metadata();
    metadata.put(header("x-modal-token-id"), credentials.getOrDefault("token_id", ""));
    metadata.put(header("x-modal-token-secret"), credentials.getOrDefault("token_secret", ""));
    URI address = URI.create(url);
    ManagedChannel channel =
        OkHttpChannelBuilder.forAddress(address.getHost(), address.getPort())
            .usePlaintext()
            .intercept(MetadataUtils.newAttachHeadersInterceptor(metadata))
            .build();
    try {
      ImportImageRequest request =
          ImportImageRequest.newBuilder().setPath(root.toString()).setTag(tag).build();
      AdminGrpc.newBlockingStub(channel).importImage(request).forEachRemaining(event -> {});
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
