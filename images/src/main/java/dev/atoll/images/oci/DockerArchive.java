package dev.atoll.images.oci;

import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@code docker save} writes. Its layers have no digests but the config's diff ids. */
final class DockerArchive implements ArchiveContent, BlobSource {
  private static final int MOST_JSON_BYTES = 8 << 20;

  private final NamedFiles files;
  private final String name;
  private final Map<Descriptor, String> paths = new HashMap<>();

  DockerArchive(NamedFiles files, String name) {
    this.files = files;
    this.name = name;
  }

  @Override
  public ImagePlan plan(String architecture) throws IOException {
    Documents.DockerImage[] images =
        Json.read(
            files.read("manifest.json", MOST_JSON_BYTES),
            Documents.DockerImage[].class,
            "manifest.json of " + name);
    if (images.length != 1) {
      throw AtollException.invalid(
          "the archive %s holds %d images: export one", name, images.length);
    }
    Documents.DockerImage image = images[0];
    if (image == null || image.config() == null || image.layers() == null) {
      throw AtollException.invalid("manifest.json of %s names no config or no layers", name);
    }
    List<Descriptor> layers = new ArrayList<>();
    for (String path : image.layers()) {
      Descriptor layer = numbered(layers.size(), files.size(path));
      paths.put(layer, path);
      layers.add(layer);
    }
    return ImagePlans.plan(layers, files.read(image.config(), MOST_JSON_BYTES), architecture, name);
  }

  /** The blob has no digest of its own: its place in the list stands for one. */
  private static Descriptor numbered(int number, long size) {
    return new Descriptor("", "sha256:%064x".formatted(number), size);
  }

  @Override
  public BlobSource blobs() {
    return this;
  }

  @Override
  public Document root() {
    throw new UnsupportedOperationException("a Docker archive has no manifest of its own");
  }

  @Override
  public byte[] manifest(Descriptor descriptor) {
    throw new UnsupportedOperationException("a Docker archive has no manifest of its own");
  }

  @Override
  public InputStream open(Descriptor descriptor) throws IOException {
    String path = paths.get(descriptor);
    if (path == null) {
      throw new IllegalArgumentException("no layer of this archive: " + descriptor);
    }
    return files.open(path);
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
