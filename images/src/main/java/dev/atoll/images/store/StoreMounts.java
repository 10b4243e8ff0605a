package dev.atoll.images.store;

import dev.atoll.images.ImageStoreConfig;
import dev.atoll.linux.DirectoryMounter;
import dev.atoll.linux.IdMappedMounts;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.MountInfo;
import dev.atoll.linux.Mounts;
import dev.atoll.linux.Overlay;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The store's own mounts, private all: its folder without set-user-id programs and devices, so that
 * an image's program is no danger on the host, and the layers once more with shifted owners.
 * Through these the overlays of root file systems see them.
 */
final class StoreMounts implements AutoCloseable {
  private final StoreFolder folder;
  private final DirectoryMounter plain;
  private final @Nullable DirectoryMounter shifted;
  private final Optional<ImageStoreConfig.UserNamespace> namespace;

  private StoreMounts(
      StoreFolder folder,
      DirectoryMounter plain,
      @Nullable DirectoryMounter shifted,
      Optional<ImageStoreConfig.UserNamespace> namespace) {
    this.folder = folder;
    this.plain = plain;
    this.shifted = shifted;
    this.namespace = namespace;
  }

  static StoreMounts open(StoreFolder folder, Optional<ImageStoreConfig.UserNamespace> namespace)
      throws IOException, InterruptedException {
    unmountAll(folder);
    // One mount for all of it: files are renamed between layers, roots and trash.
    Mounts.bind(folder.root(), folder.root());
    Mounts.makePrivate(folder.root());
    Mounts.setFlags(folder.root(), Mounts.MS_NOSUID | Mounts.MS_NODEV);
    DirectoryMounter shifted = null;
    if (namespace.isPresent()) {
      IdMappedMounts.bindLower(folder.layers(), folder.shifted(), namespace.get().file());
      Mounts.makePrivate(folder.shifted());
      shifted = DirectoryMounter.open(folder.shifted());
    }
    return new StoreMounts(folder, DirectoryMounter.open(folder.layers()), shifted, namespace);
  }

  /** Unmounts what a store that died here has left. Overlays keep working without these. */
  private static void unmountAll(StoreFolder folder) throws IOException {
    for (MountInfo mount : MountInfo.atOrBelow(folder.root())) {
      Path point = mount.mountPoint();
      if (point.equals(folder.root())
          || point.startsWith(folder.writable())
          || point.startsWith(folder.views())
          || point.startsWith(folder.shifted())) {
        Mounts.unmountLazily(point);
      }
    }
  }

  /** Which overlays with these ids can be mounted here. */
  void check(IdMapping mapping) {
    if (!mapping.isIdentity() && namespace.map(n -> n.mapping().equals(mapping)).isEmpty()) {
      throw new IllegalArgumentException("the store was not opened with the mapping " + mapping);
    }
  }

  /**
   * Mounts an overlay of layers.
   *
   * @param source the word that shows whose it is
   * @param overlay names relative to the layers' folder
   */
  void overlay(String source, Overlay overlay, IdMapping mapping, Path target) throws IOException {
    DirectoryMounter mounter = mapping.isIdentity() || shifted == null ? plain : shifted;
    try {
      mounter.mount(source, overlay, target, Mounts.MS_NODEV);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while mounting " + target);
    }
  }

  @Override
  public void close() throws IOException {
    plain.close();
    if (shifted != null) {
      shifted.close();
    }
    unmountAll(folder);
  }
}
