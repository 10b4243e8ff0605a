package dev.atoll.bench;

import dev.atoll.protocol.admin.AdminGrpc;
import dev.atoll.protocol.admin.ImportImageRequest;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Imports a root folder as an image of a server, as {@code atoll image import} does. */
public final class ImageImport {
  private ImageImport() {}

  /** Returns when the image is there. */
  public static void run(String url, Map<String, String> credentials, Path root, String tag)
      throws InterruptedException {
    ManagedChannel channel = AdminChannel.open(url, credentials);
    try {
      ImportImageRequest request =
          ImportImageRequest.newBuilder().setPath(root.toString()).setTag(tag).build();
      AdminGrpc.newBlockingStub(channel).importImage(request).forEachRemaining(event -> {});
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }
}
