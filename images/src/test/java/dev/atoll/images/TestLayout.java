package dev.atoll.images;

import dev.atoll.images.content.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Writes OCI layouts of uncompressed layers. */
final class TestLayout {
  private TestLayout() {}

  static Path write(Path folder, List<byte[]> layers) throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
    for (byte[] layer : layers) {
      blob(blobs, layer);
    }
    String diffIds =
        layers.stream()
            .map(layer -> "\"" + Digests.sha256(layer) + "\"")
            .collect(Collectors.joining(","));
    byte[] config =
        "{\"os\":\"linux\",\"architecture\":\"%s\",\"rootfs\":{\"diff_ids\":[%s]}}"
            .formatted(ImageStoreConfig.hostArchitecture(), diffIds)
            .getBytes();
    String list =
        layers.stream()
            .map(layer -> descriptor("application/vnd.oci.image.layer.v1.tar", layer))
            .collect(Collectors.joining(","));
    byte[] manifest =
        "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}"
            .formatted(descriptor("application/vnd.oci.image.config.v1+json", config), list)
            .getBytes();
    blob(blobs, config);
    blob(blobs, manifest);
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        folder.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[%s]}"
            .formatted(descriptor("application/vnd.oci.image.manifest.v1+json", manifest)));
    return folder;
  }

  private static String descriptor(String type, byte[] bytes) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, Digests.sha256(bytes), bytes.length);
  }

  private static void blob(Path blobs, byte[] bytes) throws IOException {
    Files.write(blobs.resolve(Digests.sha256(bytes).substring("sha256:".length())), bytes);
  }
}
