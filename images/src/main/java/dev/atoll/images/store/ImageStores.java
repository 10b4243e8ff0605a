package dev.atoll.images.store;

import dev.atoll.images.ImageStore;
import dev.atoll.images.ImageStoreConfig;
import java.io.IOException;

/** Opens image stores. */
public final class ImageStores {
  private ImageStores() {}

  /**
   * Opens the store of a folder, or makes it. What a store that died has left behind is cleared:
   * incomplete layers, mounts, and root file systems that are mounted nowhere. Needs root.
   *
   * @throws dev.atoll.errors.AtollException FAILED_PRECONDITION when another process has it open
   * @throws IOException when the host can't: the message names the call that failed
   */
  public static ImageStore open(ImageStoreConfig config) throws IOException, InterruptedException {
    return FolderImageStore.open(config);
  }
}
