package dev.atoll.images.registry;

import dev.atoll.images.content.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes OCI layouts. */
final class Layouts {
  private Layouts() {}

  static Path write(Path folder, TestImage image) throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
    for (byte[] blob : new byte[][] {image.layer(), image.config(), image.manifest()}) {
      Files.write(blobs.resolve(Digests.sha256(blob).substring(7)), blob);
    }
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        folder.resolve("index.json"),
        """
        {"schemaVersion":2,"manifests":[
         {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":%d,
          "annotations":{"org.opencontainers.image.ref.name":"latest"}}]}
        """
            .formatted(Digests.sha256(image.manifest()), image.manifest().length));
    return folder;
  }
}
