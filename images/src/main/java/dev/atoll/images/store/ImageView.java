package dev.atoll.images.store;

import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.Mounts;
import dev.atoll.linux.Overlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A mounted look at layers, for a moment. It stays mounted until it is closed: in a detached mount
 * the kernel can't tell a link with {@code ..} from a race, and answers EAGAIN for ever.
 */
record ImageView(Path mountPoint, DirectoryDescriptor root) implements AutoCloseable {
  /** Opens a view that can only be read. */
  static ImageView readOnly(StoreFolder folder, StoreMounts mounts, List<String> lower)
      throws IOException {
    return open(folder, mounts, new Overlay(lower, Optional.empty()), IdMapping.IDENTITY);
  }

  /** Opens a view; changes go where the overlay says. */
  static ImageView open(StoreFolder folder, StoreMounts mounts, Overlay overlay, IdMapping mapping)
      throws IOException {
    Path target = Files.createTempDirectory(folder.views(), "view");
    boolean mounted = false;
    try {
      mounts.overlay("atoll-view", overlay, mapping, target);
      mounted = true;
      return new ImageView(target, DirectoryDescriptor.open(target));
    } catch (IOException | RuntimeException e) {
      if (mounted) {
        Mounts.unmountLazily(target);
      }
      Files.delete(target);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    root.close();
    Mounts.unmountLazily(mountPoint);
    Files.delete(mountPoint);
  }
}
