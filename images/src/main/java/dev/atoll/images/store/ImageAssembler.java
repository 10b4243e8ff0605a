package dev.atoll.images.store;

import dev.atoll.images.ImageConfig;
import dev.atoll.images.ImageUser;
import dev.atoll.images.content.Digests;
import dev.atoll.images.layers.CopyAttributes;
import dev.atoll.images.layers.TreeCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Makes an image of layers and a config. */
final class ImageAssembler {
  /**
   * The most layers of an image: the kernel takes 500 lower folders and 4,095 bytes of options, and
   * 400 names of up to nine characters always fit.
   */
  static final int MOST_LAYERS = 400;

  private final StoreParts parts;

  ImageAssembler(StoreParts parts) {
    this.parts = parts;
  }

  /**
   * Remembers an image.
   *
   * @param layers the lowest first, at least one; pinned by the caller
   * @param pins where layers that are made here are pinned
   * @param step whether only the step cache shall know it
   */
  ImageRecord assemble(
      List<LayerRecord> layers,
      ImageConfig config,
      String architecture,
      LayerPins pins,
      boolean step)
      throws IOException, InterruptedException {
    List<LayerRecord> fitting = merge(layers, pins);
    ImageUser user = user(fitting, config.user());
    parts.layers().persist(fitting);
    return parts.catalog().add(fitting, config, user, architecture, step);
  }

  /** Resolves a user in layers. */
  ImageUser user(List<LayerRecord> layers, String user) throws IOException {
    try (ImageView view = view(layers)) {
      return UserResolver.resolve(view.root(), user);
    }
  }

  /** A look at layers. */
  ImageView view(List<LayerRecord> layers) throws IOException {
    return ImageView.readOnly(
        parts.folder(), parts.mounts(), LowerFolders.of(layers, parts.skeleton()));
  }

  /** Beyond what a mount takes, the lowest layers become one. */
  private List<LayerRecord> merge(List<LayerRecord> layers, LayerPins pins)
      throws IOException, InterruptedException {
    List<LayerRecord> rest = layers;
    while (rest.size() > MOST_LAYERS) {
      List<LayerRecord> lowest = rest.subList(0, Math.min(MOST_LAYERS, rest.size()));
      List<LayerRecord> merged = new ArrayList<>();
      merged.add(mergeAll(lowest, pins));
      merged.addAll(rest.subList(lowest.size(), rest.size()));
      rest = merged;
    }
    return rest;
  }

  private LayerRecord mergeAll(List<LayerRecord> lowest, LayerPins pins)
      throws IOException, InterruptedException {
    // The same layers always become the same one, whoever merges them.
    String id =
        Digests.sha256("merged " + lowest.stream().map(LayerRecord::id).toList())
            .replace("sha256:", "merged:");
    return parts
        .layers()
        .getOrAdd(
            id,
            pins,
            target -> {
              TreeCopy copy = new TreeCopy(parts.config().limits(), CopyAttributes.same());
              try (ImageView view =
                  ImageView.readOnly(
                      parts.folder(), parts.mounts(), LowerFolders.of(lowest, parts.skeleton()))) {
                return new FilledLayer(id, copy.copyRoot(view.root(), target));
              }
            });
  }
}
