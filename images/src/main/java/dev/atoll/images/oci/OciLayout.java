package dev.atoll.images.oci;

import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.io.InputStream;

/** An OCI layout (OCI image spec, image layout). */
final class OciLayout implements ArchiveContent, BlobSource {
  private static final int MOST_MANIFEST_BYTES = 4 << 20;

  private final NamedFiles files;
  private final String name;

  OciLayout(NamedFiles files, String name) {
    this.files = files;
    this.name = name;
  }

  @Override
  public ImagePlan plan(String architecture) throws IOException, InterruptedException {
    Documents.Manifest index =
        Json.read(root().bytes(), Documents.Manifest.class, "index.json of " + name);
    if (index.manifests() == null || index.manifests().isEmpty()) {
      throw AtollException.invalid("the layout %s holds no image", name);
    }
    boolean several =
        index.manifests().size() > 1
            && index.manifests().stream().anyMatch(each -> each.platform() == null);
    if (several) {
      throw AtollException.invalid(
          "the layout %s holds %d images: export one", name, index.manifests().size());
    }
    return ImagePlans.resolve(this, root(), architecture, name);
  }

  @Override
  public BlobSource blobs() {
    return this;
  }

  @Override
  public Document root() throws IOException {
    return new Document("", files.read("index.json", MOST_MANIFEST_BYTES));
  }

  @Override
  public byte[] manifest(Descriptor descriptor) throws IOException {
    return VerifiedBlob.readAll(open(descriptor), descriptor, MOST_MANIFEST_BYTES);
  }

  @Override
  public InputStream open(Descriptor descriptor) throws IOException {
    return new VerifiedBlob(
        files.open("blobs/" + descriptor.digest().replace(':', '/')), descriptor);
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
