package dev.atoll.images.store;

import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Makes and removes the folders of root file systems. */
final class OverlayRoots {
  static final String UPPER = "u";
  static final String WORK = "w";

  private final StoreFolder folder;
  private final Trash trash;
  private final AtomicLong next = new AtomicLong();

  private OverlayRoots(StoreFolder folder, Trash trash) {
    this.folder = folder;
    this.trash = trash;
  }

  /**
   * Opens it, and removes folders without an owner.
   *
   * @param mounted the folders that are mounted somewhere
   */
  static OverlayRoots open(StoreFolder folder, Trash trash, Set<Path> mounted) throws IOException {
    OverlayRoots roots = new OverlayRoots(folder, trash);
    for (String name : Records.names(folder.roots())) {
      roots.next.accumulateAndGet(Long.parseLong(name) + 1, Math::max);
      if (!mounted.contains(folder.roots().resolve(name))) {
        trash.discard(folder.roots(), name);
      }
    }
    return roots;
  }

  /**
   * A new root's folder, its upper's owner, permissions and time those of the base's root.
   *
   * @param top name of the base's uppermost layer
   */
  Path create(String top, IdMapping mapping) throws IOException {
    Path root =
        Files.createDirectory(folder.roots().resolve(Long.toString(next.getAndIncrement())));
    FileStatus base;
    try (DirectoryDescriptor layer = DirectoryDescriptor.open(folder.layers().resolve(top))) {
      base = layer.status();
    }
    try (DirectoryDescriptor opened = DirectoryDescriptor.open(root)) {
      opened.createDirectory(WORK, 0700);
      opened.createDirectory(UPPER, 0700);
      opened.setOwner(UPPER, shifted(base.uid(), mapping), shifted(base.gid(), mapping));
      opened.setPermissions(UPPER, base.permissions());
      opened.setModified(UPPER, base.seconds(), base.nanoseconds());
    }
    return root;
  }

  /** The folder of a root that an earlier store has made. */
  Path existing(String name) throws IOException {
    if (!Records.names(folder.roots()).contains(name)) {
      throw new IOException("there is no file system " + name);
    }
    return folder.roots().resolve(name);
  }

  /** Removes a root's folder in the background; nothing may be mounted from it. */
  void remove(Path root) throws IOException {
    trash.discard(folder.roots(), root.getFileName().toString());
  }

  private static int shifted(int id, IdMapping mapping) {
    return mapping.isIdentity() ? id : id + mapping.hostBase();
  }
}
