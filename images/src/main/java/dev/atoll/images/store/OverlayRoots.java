package dev.atoll.images.store;

import dev.atoll.images.DiskLimits;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes and removes the folders of root file systems: subvolumes with a limit where there is a file
 * system for them, else plain folders of the store.
 */
final class OverlayRoots {
  static final String UPPER = "u";
  static final String WORK = "w";

  private final StoreFolder folder;
  private final Trash trash;
  private final VolumeFile.Opened opened;
  private final AtomicLong next = new AtomicLong();

  private OverlayRoots(StoreFolder folder, Trash trash, VolumeFile.Opened opened) {
    this.folder = folder;
    this.trash = trash;
    this.opened = opened;
  }

  /**
   * Opens it, and removes folders without an owner.
   *
   * @param mounted names of the folders that are mounted somewhere
   */
  static OverlayRoots open(
      StoreFolder folder, Trash trash, VolumeFile.Opened opened, Set<String> mounted)
      throws IOException {
    OverlayRoots roots = new OverlayRoots(folder, trash, opened);
    for (Path root : roots.all()) {
      String name = root.getFileName().toString();
      roots.next.accumulateAndGet(Long.parseLong(name) + 1, Math::max);
      if (!mounted.contains(name)) {
        roots.removeNow(root);
      }
    }
    return roots;
  }

  private List<Path> all() throws IOException {
    List<Path> all = new ArrayList<>();
    Records.names(folder.roots()).forEach(name -> all.add(folder.roots().resolve(name)));
    if (opened.volume().isPresent()) {
      WritableVolume volume = opened.volume().get();
      volume.rootNames().forEach(name -> all.add(volume.roots().resolve(name)));
    }
    return all;
  }

  /**
   * A new root's folder, its upper's owner, permissions and time those of the base's root.
   *
   * @param top name of the base's uppermost layer
   * @param share how much it may hold; without effect where there are no limits
   */
  Path create(String top, IdMapping mapping, DiskShare share) throws IOException {
    String name = Long.toString(next.getAndIncrement());
    Path root =
        isLimited(share)
            ? opened.volume().orElseThrow().createRoot(name, share)
            : Files.createDirectory(folder.roots().resolve(name));
    try {
      fill(root, top, mapping);
    } catch (IOException | RuntimeException e) {
      // It may have a share of a limit that is used up.
      try {
        removeNow(root);
      } catch (IOException | RuntimeException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
    return root;
  }

  private void fill(Path root, String top, IdMapping mapping) throws IOException {
    FileStatus base;
    try (DirectoryDescriptor layer = DirectoryDescriptor.open(folder.layers().resolve(top))) {
      base = layer.status();
    }
    try (DirectoryDescriptor made = DirectoryDescriptor.open(root)) {
      made.createDirectory(WORK, 0700);
      made.createDirectory(UPPER, 0700);
      made.setOwner(UPPER, shifted(base.uid(), mapping), shifted(base.gid(), mapping));
      made.setPermissions(UPPER, base.permissions());
      made.setModified(UPPER, base.seconds(), base.nanoseconds());
    }
  }

  /** One that was made without a limit has no share to give. */
  private boolean isLimited(DiskShare share) {
    return opened.missing().isEmpty()
        && (!(share instanceof DiskShare.Of of) || volume(of.root()).isPresent());
  }

  /** The folder of a root that an earlier store has made. */
  Path existing(String name) throws IOException {
    // By name: several roots are taken back at once, and a list is read from one descriptor.
    Optional<WritableVolume> volume = opened.volume();
    if (volume.isPresent() && volume.get().hasRoot(name)) {
      return volume.get().roots().resolve(name);
    }
    Path plain = folder.roots().resolve(name);
    if (Files.isDirectory(plain)) {
      return plain;
    }
    throw new IOException("there is no file system " + name);
  }

  /** The file system that a root is a subvolume of; absent when it is a folder of the store. */
  Optional<WritableVolume> volume(Path root) {
    return opened.volume().filter(volume -> root.startsWith(volume.roots()));
  }

  /** What limits there are. */
  DiskLimits limits() {
    return opened.missing().isPresent()
        ? new DiskLimits.Missing(opened.missing().get())
        : new DiskLimits.Present(opened.volume().orElseThrow().bytes());
  }

  /** Removes a root's folder in the background; nothing may be mounted from it. */
  void remove(Path root) throws IOException {
    String name = root.getFileName().toString();
    Optional<WritableVolume> volume = volume(root);
    if (volume.isPresent()) {
      trash.later(() -> volume.get().deleteRoot(name));
    } else {
      trash.discard(folder.roots(), name);
    }
  }

  private void removeNow(Path root) throws IOException {
    String name = root.getFileName().toString();
    Optional<WritableVolume> volume = volume(root);
    if (volume.isPresent()) {
      volume.get().deleteRoot(name);
    } else {
      trash.discard(folder.roots(), name);
    }
  }

  /** Lets go of their file system, so that it can be unmounted. */
  void close() {
    opened.volume().ifPresent(WritableVolume::close);
  }

  private static int shifted(int id, IdMapping mapping) {
    return mapping.isIdentity() ? id : id + mapping.hostBase();
  }
}
