package dev.atoll.images.store;

import dev.atoll.images.layers.LayerContents;
import dev.atoll.linux.IdMapping;
import java.nio.file.Path;

/**
 * A layer whose files are still in the snapshot of the root that wrote them, as they were written.
 *
 * @param name the snapshot's, and of the folder that the layer gets
 * @param id as in {@link LayerRecord}
 * @param hostBase of the mapping of its owners
 * @param ids how many ids that maps
 * @param contents what the layer's folder will hold
 */
record FrozenLayer(String name, String id, int hostBase, int ids, LayerContents contents) {
  /** The file with this record. */
  Path file(StoreFolder folder) {
    return folder.frozen().resolve(name + Records.SUFFIX);
  }

  IdMapping mapping() {
    return new IdMapping(hostBase, ids);
  }

  /** The layer while it is frozen: only for a look by whoever has made it. */
  LayerRecord record() {
    return new LayerRecord(folder(name), id, contents);
  }

  /** The folder of what a frozen root has written, relative to the layers' folder. */
  static String folder(String name) {
    return "../writable/frozen/" + name + "/" + OverlayRoots.UPPER;
  }
}
