package dev.atoll.images.layers;

import dev.atoll.errors.AtollException;
import dev.atoll.images.tar.TarEntry;
import dev.atoll.images.tar.TarReader;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.Errno;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.RawNames;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Unpacks an archive into a layer's empty folder (OCI image spec, layer filesystem changeset).
 * Whiteouts become overlayfs's own. Device nodes are left out: the store's mounts couldn't open
 * them anyway. Leading slashes are dropped; what would leave the folder is refused. Single use.
 */
public final class LayerWriter implements AutoCloseable {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String RESERVED = ".wh..wh.";

  private final DirectoryDescriptor root;
  private final LayerTally tally;
  private final FolderCache folders;
  private final FileContents contents = new FileContents();

  /** Times of folders, by path: set last, because every new entry changes them. */
  private final Map<String, TarEntry> folderTimes = new HashMap<>();

  private boolean hidesLower;

  /** Writes into this folder, which stays open. */
  public LayerWriter(DirectoryDescriptor root, LayerLimits limits) {
    this.root = root;
    this.tally = new LayerTally(limits);
    this.folders = new FolderCache(root, tally);
  }

  /**
   * Unpacks all entries.
   *
   * @throws AtollException INVALID_ARGUMENT when an entry is refused, RESOURCE_EXHAUSTED beyond the
   *     limits
   */
  public LayerContents write(TarReader archive) throws IOException, InterruptedException {
    for (Optional<TarEntry> entry = archive.next(); entry.isPresent(); entry = archive.next()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      tally.entry();
      write(archive, entry.get());
    }
    setFolderTimes();
    return tally.contents(hidesLower);
  }

  private void write(TarReader archive, TarEntry entry) throws IOException {
    try {
      EntryPath path = EntryPath.of(entry.name());
      if (path.isRoot()) {
        if (entry.type() != TarEntry.Type.DIRECTORY) {
          throw new EntryRefusedException("only a folder can be the root");
        }
        NodeAttributes.apply(root, entry);
        folderTimes.put("", entry);
      } else if (path.name().startsWith(WHITEOUT)) {
        whiteout(path);
      } else if (entry.type() != TarEntry.Type.DEVICE) {
        put(archive, entry, path);
      }
    } catch (EntryRefusedException e) {
      throw AtollException.invalid(
          "the entry '%s' is refused: %s",
          RawNames.text(entry.name()), String.valueOf(e.getMessage()));
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENAMETOOLONG || e.errno() == Errno.E2BIG) {
        throw AtollException.invalid(
            "the entry '%s' is refused: %s",
            RawNames.text(entry.name()), String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private void put(TarReader archive, TarEntry entry, EntryPath path)
      throws IOException, EntryRefusedException {
    DirectoryDescriptor folder = folders.folder(path.folder());
    Optional<FileStatus> before = folder.find(path.name());
    if (entry.type() == TarEntry.Type.DIRECTORY) {
      putFolder(folder, entry, path, before);
      return;
    }
    if (before.isPresent()) {
      replace(folder, path, before.get());
      folder = folders.folder(path.folder());
    }
    switch (entry.type()) {
      case FILE -> contents.write(archive, entry, folder, path.name(), tally);
      case SYMLINK -> {
        if (entry.linkName().isEmpty()) {
          throw new EntryRefusedException("the link has no target");
        }
        folder.createSymlink(entry.linkName(), path.name());
        NodeAttributes.apply(folder, path.name(), entry);
      }
      case FIFO -> {
        folder.createNode(path.name(), FileStatus.S_IFIFO, 0);
        NodeAttributes.apply(folder, path.name(), entry);
      }
      case HARD_LINK -> hardLink(folder, entry, path);
      case DIRECTORY, DEVICE -> throw new AssertionError();
    }
  }

  private void putFolder(
      DirectoryDescriptor folder, TarEntry entry, EntryPath path, Optional<FileStatus> before)
      throws LinuxException, EntryRefusedException {
    if (before.isPresent()
        && !before.get().isDirectory()
        && !OverlayMarks.isWhiteout(before.get())) {
      folder.removeFile(path.name());
    }
    folders.createFolder(folder, path.name());
    try (DirectoryDescriptor created =
        folder.directory(path.name(), Resolve.NO_SYMLINKS_NO_MOUNTS)) {
      NodeAttributes.apply(created, entry);
    }
    folderTimes.put(path.path(), entry);
  }

  private void replace(DirectoryDescriptor folder, EntryPath path, FileStatus before)
      throws LinuxException {
    if (before.isDirectory()) {
      String gone = path.path();
      folderTimes.keySet().removeIf(p -> p.equals(gone) || p.startsWith(gone + "/"));
      TreeDeletion.delete(folder, path.name());
      folders.clear();
    } else {
      folder.removeFile(path.name());
    }
  }

  private void hardLink(DirectoryDescriptor folder, TarEntry entry, EntryPath path)
      throws LinuxException, EntryRefusedException {
    EntryPath target = EntryPath.of(entry.linkName());
    String rule = "its link target '" + RawNames.text(entry.linkName()) + "' is no file before it";
    if (target.isRoot()) {
      throw new EntryRefusedException(rule);
    }
    try (DirectoryDescriptor from =
        root.directory(
            target.folder().isEmpty() ? "." : target.folder(), Resolve.NO_SYMLINKS_NO_MOUNTS)) {
      Optional<FileStatus> status = from.find(target.name());
      if (status.isEmpty() || status.get().isDirectory() || OverlayMarks.isWhiteout(status.get())) {
        throw new EntryRefusedException(rule);
      }
      folder.createHardLink(from, target.name(), path.name());
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ELOOP || e.errno() == Errno.ENOTDIR) {
        throw new EntryRefusedException(rule);
      }
      throw e;
    }
  }

  private void whiteout(EntryPath path) throws LinuxException, EntryRefusedException {
    if (path.name().equals(OPAQUE)) {
      if (path.folder().isEmpty()) {
        hidesLower = true;
      } else {
        OverlayMarks.makeOpaque(folders.folder(path.folder()));
      }
      return;
    }
    if (path.name().startsWith(RESERVED)) {
      return; // Bookkeeping of aufs.
    }
    String hidden = path.name().substring(WHITEOUT.length());
    if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
      throw new EntryRefusedException("it hides nothing that can be named");
    }
    DirectoryDescriptor folder = folders.folder(path.folder());
    Optional<FileStatus> before = folder.find(hidden);
    if (before.isEmpty()) {
      OverlayMarks.createWhiteout(folder, hidden);
    } else if (before.get().isDirectory()) {
      // A whiteout is about the layers below only: this layer's own folder stays, alone.
      try (DirectoryDescriptor own = folder.directory(hidden, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
        OverlayMarks.makeOpaque(own);
      }
    }
  }

  private void setFolderTimes() throws IOException {
    folders.clear();
    for (Map.Entry<String, TarEntry> folder : folderTimes.entrySet()) {
      String path = folder.getKey().isEmpty() ? "." : folder.getKey();
      try (DirectoryDescriptor opened = root.directory(path, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
        opened.setModified(folder.getValue().seconds(), folder.getValue().nanoseconds());
      }
    }
  }

  @Override
  public void close() {
    folders.close();
    contents.close();
  }
}
