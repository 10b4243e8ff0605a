package dev.atoll.worker.image;

import dev.atoll.images.Image;
import dev.atoll.protocol.worker.ImageDescription;

/** Images as the control plane reads them. */
final class ImageDescriptions {
  private ImageDescriptions() {}

  static ImageDescription of(Image image) {
    return ImageDescription.newBuilder()
        .setDigest(image.digest().value())
        .setSizeBytes(image.sizeBytes())
        .setLayers(image.layerCount())
        .setArchitecture(image.architecture())
        .addAllEnvironment(image.config().environment())
        .setWorkdir(image.config().workingDirectory())
        .setUser(image.config().user())
        .addAllEntrypoint(image.config().entrypoint())
        .addAllCommand(image.config().command())
        .putAllLabels(image.config().labels())
        .build();
  }
}
