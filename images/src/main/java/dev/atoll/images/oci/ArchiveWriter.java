package dev.atoll.images.oci;

import dev.atoll.images.tar.TarEntry;
import dev.atoll.images.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes an image as a tar of an OCI layout (OCI image spec, image layout) that is a Docker
 * archive, too: the same bytes for the same image.
 */
public final class ArchiveWriter {
  private static final int BUFFER = 256 * 1024;

  private final TarWriter tar;
  private final Set<String> written = new HashSet<>();

  private ArchiveWriter(TarWriter tar) {
    this.tar = tar;
  }

  /**
   * Writes it; the stream is not closed. Interruptible.
   *
   * @param name that the image shall have where it is loaded, such as {@code tools:1}; empty: none
   */
  public static void write(PackedImage image, String name, OutputStream stream)
      throws IOException, InterruptedException {
    TarWriter tar = new TarWriter(stream);
    ArchiveWriter archive = new ArchiveWriter(tar);
    archive.file(
        "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
    archive.file("index.json", image.index(name));
    archive.file("manifest.json", image.dockerManifest(name));
    archive.folder("blobs/");
    archive.folder("blobs/sha256/");
    archive.file("blobs/" + image.digest().replace(':', '/'), image.manifest());
    archive.file(PackedImage.path(image.configBlob()), image.config());
    for (PackedImage.Layer layer : image.layers()) {
      archive.layer(layer);
    }
    tar.finish();
  }

  private void layer(PackedImage.Layer layer) throws IOException, InterruptedException {
    String path = PackedImage.path(layer.blob());
    if (!written.add(path)) {
      return;
    }
    tar.begin(entry(TarEntry.Type.FILE, path, 0644, layer.blob().size()));
    byte[] bytes = new byte[BUFFER];
    try (InputStream content = Files.newInputStream(layer.file())) {
      for (int read = content.read(bytes); read >= 0; read = content.read(bytes)) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        tar.write(bytes, 0, read);
      }
    }
  }

  private void folder(String path) throws IOException {
    tar.begin(entry(TarEntry.Type.DIRECTORY, path, 0755, 0));
  }

  private void file(String path, byte[] bytes) throws IOException {
    tar.begin(entry(TarEntry.Type.FILE, path, 0644, bytes.length));
    tar.write(bytes, 0, bytes.length);
  }

  private static TarEntry entry(TarEntry.Type type, String path, int mode, long size) {
    return new TarEntry(type, path, "", mode, 0, 0, size, 0, 0, Map.of(), List.of());
  }
}
