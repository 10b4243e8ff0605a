package dev.atoll.images.oci;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.oci.BlobSource.Document;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds out what an image is made of. */
public final class ImagePlans {
  private static final int MOST_CONFIG_BYTES = 8 << 20;
  private static final int MOST_LAYERS = 2_000;
  private static final int MOST_NESTING = 3;

  private final BlobSource blobs;
  private final String architecture;
  private final String what;

  private ImagePlans(BlobSource blobs, String architecture, String what) {
    this.blobs = blobs;
    this.architecture = architecture;
    this.what = what;
  }

  /**
   * Follows a document, through an index where it is one, to an image for Linux on an architecture.
   *
   * @param what the image's name in failures
   */
  public static ImagePlan resolve(
      BlobSource blobs, Document document, String architecture, String what)
      throws IOException, InterruptedException {
    return new ImagePlans(blobs, architecture, what).resolve(document, 0);
  }

  private ImagePlan resolve(Document document, int depth) throws IOException, InterruptedException {
    Documents.Manifest manifest =
        Json.read(document.bytes(), Documents.Manifest.class, "the manifest of " + what);
    if (manifest.manifests() != null) {
      if (depth >= MOST_NESTING) {
        throw refuse("has indexes nested more than %d deep".formatted(MOST_NESTING));
      }
      Descriptor chosen = choose(manifest.manifests());
      return resolve(new Document(chosen.mediaType(), blobs.manifest(chosen)), depth + 1);
    }
    if (manifest.config() == null || manifest.layers() == null) {
      throw refuse(
          Integer.valueOf(1).equals(manifest.schemaVersion())
              ? "has a manifest of Docker's old schema 1: push it again with a current tool"
              : "has no image manifest");
    }
    Descriptor config = manifest.config().descriptor();
    return plan(manifest.layers(), config(config));
  }

  private byte[] config(Descriptor config) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return VerifiedBlob.readAll(blobs.open(config), config, MOST_CONFIG_BYTES);
      } catch (TransferException e) {
        if (attempt >= blobs.attempts()) {
          throw new AtollException(
              ErrorCode.FAILED_PRECONDITION,
              "could not get the config of %s: %s".formatted(what, e.getMessage()),
              e);
        }
      }
    }
  }

  private ImagePlan plan(List<Documents.Blob> blobsOfLayers, byte[] config) {
    List<Descriptor> layers = new ArrayList<>();
    for (Documents.Blob layer : blobsOfLayers) {
      Descriptor descriptor = layer.descriptor();
      if (!descriptor.mediaType().contains("layer") && !descriptor.mediaType().contains("rootfs")) {
        throw refuse("is no container image: a layer has the type " + descriptor.mediaType());
      }
      layers.add(descriptor);
    }
    return plan(layers, config, architecture, what);
  }

  static ImagePlan plan(
      List<Descriptor> layers, byte[] configBytes, String architecture, String what) {
    Documents.Image image = Json.read(configBytes, Documents.Image.class, "the config of " + what);
    String os = image.os() == null ? "linux" : image.os();
    String has = image.architecture() == null ? architecture : image.architecture();
    if (!os.equals("linux") || !has.equals(architecture)) {
      throw noPlatform(what, architecture, os + "/" + has);
    }
    List<String> diffIds =
        image.rootfs() == null || image.rootfs().diff_ids() == null
            ? List.of()
            : image.rootfs().diff_ids();
    if (layers.isEmpty() || layers.size() > MOST_LAYERS || diffIds.size() != layers.size()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "%s has %d layers, and its config names %d: there must be 1 to %d of both"
              .formatted(what, layers.size(), diffIds.size(), MOST_LAYERS));
    }
    List<ImagePlan.Layer> planned = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      String diffId = new Descriptor("", diffIds.get(i), 0).digest();
      planned.add(new ImagePlan.Layer(layers.get(i), diffId));
    }
    return new ImagePlan(planned, Configs.of(image.config()), has);
  }

  private Descriptor choose(List<Documents.Blob> manifests) {
    List<String> available = new ArrayList<>();
    Optional<Descriptor> chosen = Optional.empty();
    for (Documents.Blob each : manifests) {
      Documents.Platform platform = each.platform();
      if (platform == null) {
        // An index of a layout has one entry, and need not say for what.
        chosen = chosen.isEmpty() && manifests.size() == 1 ? descriptor(each) : chosen;
        continue;
      }
      String name = platform.os() + "/" + platform.architecture();
      if (!name.equals("unknown/unknown")) {
        available.add(platform.variant() == null ? name : name + "/" + platform.variant());
      }
      if (name.equals("linux/" + architecture) && chosen.isEmpty()) {
        chosen = descriptor(each);
      }
    }
    return chosen.orElseThrow(() -> noPlatform(what, architecture, String.join(", ", available)));
  }

  private static Optional<Descriptor> descriptor(Documents.Blob blob) {
    return Optional.of(blob.descriptor());
  }

  private static AtollException noPlatform(String what, String wanted, String available) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "%s is not for linux/%s, which this host needs: it is for %s"
            .formatted(what, wanted, available.isEmpty() ? "no platform at all" : available));
  }

  private AtollException refuse(String reason) {
    return new AtollException(ErrorCode.FAILED_PRECONDITION, what + " " + reason);
  }
}
