package dev.atoll.images.store;

import java.util.ArrayList;
import java.util.List;

/** The lower folders of an overlay. */
final class LowerFolders {
  private LowerFolders() {}

  /**
   * Names relative to the layers' folder, the uppermost first, the skeleton last. What lies below a
   * layer that replaces everything is left out: overlayfs ignores the mark on a root folder.
   *
   * @param layers the lowest first
   */
  static List<String> of(List<LayerRecord> layers, String skeleton) {
    List<String> names = new ArrayList<>();
    for (LayerRecord layer : layers.reversed()) {
      names.add(layer.name());
      if (layer.contents().hidesLower()) {
        break;
      }
    }
    names.add(skeleton);
    return names;
  }
}
