package dev.atoll.images.store;

import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.Subvolumes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * The file system (btrfs) of what is written: a subvolume for each root or mounted image, with
 * limits, and snapshots of such subvolumes. Layers are not in it: inode numbers of subvolumes
 * repeat, and an overlay of two of them would show different files as one. Thread-safe.
 */
final class WritableVolume implements AutoCloseable {
  private static final String ROOTS = "roots";
  private static final String FROZEN = "frozen";
  private static final int MOST_AT_ONCE = 8;

  private final Path mountPoint;
  private final DirectoryDescriptor roots;
  private final DirectoryDescriptor frozen;
  private final long bytes;

  /** Numbers of deleted subvolumes whose counts may still be kept; used while holding it. */
  private final Deque<Long> deleted = new ArrayDeque<>();

  private WritableVolume(
      Path mountPoint, DirectoryDescriptor roots, DirectoryDescriptor frozen, long bytes) {
    this.mountPoint = mountPoint;
    this.roots = roots;
    this.frozen = frozen;
    this.bytes = bytes;
  }

  /** Uses what is mounted there. */
  static WritableVolume open(Path mountPoint) throws IOException {
    // Not at each create: the JDK reads all mounts of this host for it.
    long bytes = Files.getFileStore(mountPoint).getTotalSpace();
    try (DirectoryDescriptor root = DirectoryDescriptor.open(mountPoint)) {
      Subvolumes.count(root);
      for (String name : List.of(ROOTS, FROZEN)) {
        if (root.find(name).isEmpty()) {
          root.createDirectory(name, 0700);
        }
      }
      return new WritableVolume(
          mountPoint,
          root.directory(ROOTS, Resolve.NO_SYMLINKS_NO_MOUNTS),
          root.directory(FROZEN, Resolve.NO_SYMLINKS_NO_MOUNTS),
          bytes);
    }
  }

  /** Where the subvolumes of roots are. */
  Path roots() {
    return mountPoint.resolve(ROOTS);
  }

  boolean hasRoot(String name) throws LinuxException {
    return roots.find(name).isPresent();
  }

  /** All of them; for one thread at a time. */
  List<String> rootNames() throws LinuxException {
    return roots.names();
  }

  /** How many bytes there are for all. */
  long bytes() {
    return bytes;
  }

  /** Makes the subvolume of a root with a share of the volume. */
  Path createRoot(String name, DiskShare share) throws LinuxException {
    Subvolumes.create(roots, name);
    try (DirectoryDescriptor root = roots.directory(name, Resolve.NO_SYMLINKS)) {
      root.setPermissions(0700);
      switch (share) {
        case DiskShare.Own own -> Subvolumes.limit(root, own.bytes());
        case DiskShare.Of of -> {
          try (DirectoryDescriptor other = DirectoryDescriptor.open(of.root())) {
            Subvolumes.join(root, other);
          }
        }
      }
    } catch (LinuxException | RuntimeException e) {
      Subvolumes.delete(roots, name);
      throw e;
    }
    return roots().resolve(name);
  }

  /** Removes the subvolume of a root, which is mounted nowhere. */
  void deleteRoot(String name) throws LinuxException {
    delete(roots, name);
  }

  /**
   * Keeps what a root holds now, on the disk when this returns.
   *
   * @param root its folder, one of {@link #roots()}
   */
  void freeze(Path root, String name) throws LinuxException {
    try (DirectoryDescriptor source = DirectoryDescriptor.open(root)) {
      Subvolumes.snapshot(source, frozen, name);
    }
  }

  /** What is frozen; for one thread at a time. */
  List<String> frozenNames() throws LinuxException {
    return frozen.names();
  }

  /** Removes what is frozen and belongs to none of these layers. */
  void keepFrozen(Collection<FrozenLayer> layers, Trash trash) throws LinuxException {
    for (String name : frozenNames()) {
      if (layers.stream().noneMatch(layer -> layer.name().equals(name))) {
        trash.later(() -> deleteFrozen(name));
      }
    }
  }

  /** What a frozen root has written. */
  Path frozenUpper(String name) {
    return mountPoint.resolve(FROZEN).resolve(name).resolve(OverlayRoots.UPPER);
  }

  /** Removes what was frozen, if it is there. */
  void deleteFrozen(String name) throws LinuxException {
    if (frozen.find(name).isPresent()) {
      delete(frozen, name);
    }
  }

  private void delete(DirectoryDescriptor folder, String name) throws LinuxException {
    long number;
    try (DirectoryDescriptor subvolume = folder.directory(name, Resolve.NO_SYMLINKS)) {
      number = Subvolumes.number(subvolume);
    }
    Subvolumes.delete(folder, name);
    synchronized (deleted) {
      deleted.addLast(number);
      for (int left = Math.min(deleted.size() - 1, MOST_AT_ONCE); left > 0; left--) {
        long earlier = deleted.removeFirst();
        if (!Subvolumes.forgetCount(folder, earlier)) {
          deleted.addLast(earlier);
        }
      }
    }
  }

  /** Makes what was changed in it survive a loss of power. */
  void synchronize() throws LinuxException {
    roots.synchronizeFileSystem();
  }

  @Override
  public void close() {
    roots.close();
    frozen.close();
  }
}
