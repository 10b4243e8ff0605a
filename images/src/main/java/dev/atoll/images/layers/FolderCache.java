package dev.atoll.images.layers;

import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.Errno;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Keeps the folders of a layer open that entries were put into last. */
final class FolderCache implements AutoCloseable {
  private static final int MOST = 64;

  private final DirectoryDescriptor root;
  private final LayerTally tally;
  private final LinkedHashMap<String, DirectoryDescriptor> open =
      new LinkedHashMap<>(MOST, 0.75f, true);

  FolderCache(DirectoryDescriptor root, LayerTally tally) {
    this.root = root;
    this.tally = tally;
  }

  /** The folder of this path, made when it is missing. It stays open until a later call. */
  DirectoryDescriptor folder(String path) throws LinuxException, EntryRefusedException {
    if (path.isEmpty()) {
      return root;
    }
    DirectoryDescriptor known = open.get(path);
    if (known != null) {
      return known;
    }
    DirectoryDescriptor opened = openOrCreate(path);
    if (open.size() >= MOST) {
      Map.Entry<String, DirectoryDescriptor> oldest = open.pollFirstEntry();
      if (oldest != null) {
        oldest.getValue().close();
      }
    }
    open.put(path, opened);
    return opened;
  }

  private DirectoryDescriptor openOrCreate(String path)
      throws LinuxException, EntryRefusedException {
    try {
      return root.directory(path, Resolve.NO_SYMLINKS_NO_MOUNTS);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ELOOP) {
        throw new EntryRefusedException("it lies below a symbolic link");
      }
      if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
        throw e;
      }
    }
    int slash = path.lastIndexOf('/');
    DirectoryDescriptor parent = folder(slash < 0 ? "" : path.substring(0, slash));
    String name = path.substring(slash + 1);
    createFolder(parent, name);
    return parent.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS);
  }

  /** Makes a folder with usual attributes; in the place of a whiteout, one that hides the lower. */
  void createFolder(DirectoryDescriptor parent, String name)
      throws LinuxException, EntryRefusedException {
    Optional<FileStatus> before = parent.find(name);
    boolean hides = before.isPresent() && OverlayMarks.isWhiteout(before.get());
    if (hides) {
      parent.removeFile(name);
    } else if (before.isPresent() && !before.get().isDirectory()) {
      throw new EntryRefusedException("it lies below something that is no folder");
    }
    if (hides || before.isEmpty()) {
      tally.entry();
      parent.createDirectory(name, 0755);
    }
    if (hides) {
      try (DirectoryDescriptor created = parent.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
        OverlayMarks.makeOpaque(created);
      }
    }
  }

  /** Forgets all folders, because one of them is removed. */
  void clear() {
    open.values().forEach(DirectoryDescriptor::close);
    open.clear();
  }

  @Override
  public void close() {
    clear();
  }
}
