package dev.atoll.images.oci;

import dev.atoll.images.ImageConfig;
import java.util.List;

/**
 * What an image is made of.
 *
 * @param layers the lowest first, at least one
 * @param config what a process of it starts with
 * @param architecture as OCI writes it
 */
public record ImagePlan(List<Layer> layers, ImageConfig config, String architecture) {
  public ImagePlan {
    layers = List.copyOf(layers);
  }

  /**
   * A layer to get.
   *
   * @param blob the archive as it is stored, maybe compressed
   * @param diffId the digest of the uncompressed archive
   */
  public record Layer(Descriptor blob, String diffId) {}
}
