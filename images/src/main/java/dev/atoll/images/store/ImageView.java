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
 * A mounted look at layers. Only a descriptor holds it: it is in no mount table while it is open,
 * and the kernel lets go of it when the process dies.
 */
final class ImageView {
  private ImageView() {}

  /** Opens a view that can only be read. */
  static DirectoryDescriptor readOnly(StoreFolder folder, StoreMounts mounts, List<String> lower)
      throws IOException {
    return open(folder, mounts, new Overlay(lower, Optional.empty()));
  }

  /** Opens a view; changes go where the overlay says. */
  static DirectoryDescriptor open(StoreFolder folder, StoreMounts mounts, Overlay overlay)
      throws IOException {
    Path target = Files.createTempDirectory(folder.views(), "view");
    try {
      mounts.overlay("atoll-view", overlay, IdMapping.IDENTITY, target);
      try {
        return DirectoryDescriptor.open(target);
      } finally {
        Mounts.unmountLazily(target);
      }
    } finally {
      Files.delete(target);
    }
  }
}
