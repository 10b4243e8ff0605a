package dev.atoll.images.registry;

import dev.atoll.images.ImageStoreConfig;
import dev.atoll.images.content.Digests;
import dev.atoll.images.tar.TarBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** An image of one layer, as a registry has it. */
record TestImage(byte[] layer, byte[] config, byte[] manifest) {
  static TestImage of(String architecture) throws IOException {
    byte[] tar = new TarBuilder().file("hello", "world").bytes();
    byte[] layer = gzip(tar);
    byte[] config =
        """
        {"os":"linux","architecture":"%s","config":{"Env":["A=1"],"Cmd":["x"],"WorkingDir":"/w",
         "ExposedPorts":{"80/tcp":{}},"Labels":{"l":"m"}},
         "rootfs":{"type":"layers","diff_ids":["%s"]}}
        """
            .formatted(architecture, Digests.sha256(tar))
            .getBytes(StandardCharsets.UTF_8);
    return new TestImage(layer, config, manifest(config, layer, layer.length));
  }

  static TestImage ofThisHost() throws IOException {
    return of(ImageStoreConfig.hostArchitecture());
  }

  static byte[] manifest(byte[] config, byte[] layer, long layerSize) {
    return manifest(config, layer, layerSize, "gzip");
  }

  /** An image of this host's with an archive as its layer, compressed by the test. */
  static TestImage compressed(String compression, byte[] tar, byte[] layer) {
    byte[] config =
        "{\"os\":\"linux\",\"architecture\":\"%s\",\"rootfs\":{\"diff_ids\":[\"%s\"]}}"
            .formatted(ImageStoreConfig.hostArchitecture(), Digests.sha256(tar))
            .getBytes(StandardCharsets.UTF_8);
    return new TestImage(layer, config, manifest(config, layer, layer.length, compression));
  }

  private static byte[] manifest(byte[] config, byte[] layer, long layerSize, String compression) {
    return """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
         "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
         "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+%s","digest":"%s",
           "size":%d}]}
        """
        .formatted(
            Digests.sha256(config), config.length, compression, Digests.sha256(layer), layerSize)
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(result)) {
      gzip.write(bytes);
    }
    return result.toByteArray();
  }

  String layerPath() {
    return "/v2/team/app/blobs/" + Digests.sha256(layer);
  }

  String configPath() {
    return "/v2/team/app/blobs/" + Digests.sha256(config);
  }

  /** Offers it as team/app:1. */
  LyingRegistry serve(LyingRegistry registry) {
    return registry
        .bytes("/v2/team/app/manifests/1", manifest)
        .bytes("/v2/team/app/manifests/" + Digests.sha256(manifest), manifest)
        .bytes(configPath(), config)
        .bytes(layerPath(), layer);
  }
}
