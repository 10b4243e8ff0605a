package dev.atoll.images.store;

import dev.atoll.images.Image;
import dev.atoll.images.ImageConfig;
import dev.atoll.images.ImageDigest;
import dev.atoll.images.ImageUser;
import java.util.List;

/**
 * An image of the store.
 *
 * @param digest its name
 * @param layers ids of its layers, the lowest first
 * @param config what a process of it starts with
 * @param user the config's user, resolved
 * @param architecture as OCI writes it
 * @param sizeBytes of all layers
 * @param step whether only a build step has made it: nobody knows it but the step cache
 */
record ImageRecord(
    String digest,
    List<String> layers,
    ImageConfig config,
    ImageUser user,
    String architecture,
    long sizeBytes,
    boolean step) {
  ImageRecord {
    layers = List.copyOf(layers);
  }

  /** Whether all of these layers are the lowest ones of another image. */
  boolean isBelow(ImageRecord other) {
    return layers.size() <= other.layers.size()
        && other.layers.subList(0, layers.size()).equals(layers);
  }

  Image image() {
    return new Image(new ImageDigest(digest), config, user, layers.size(), sizeBytes, architecture);
  }

  /** What the digest is made of. */
  record Identity(List<String> layers, ImageConfig config, String architecture) {}
}
