package dev.atoll.images.layers;

import dev.atoll.errors.AtollException;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.OpenFile;
import dev.atoll.linux.OpenNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Copies a tree with owners, permissions, times, hard links, holes and the attributes that a layer
 * keeps. Sockets and device nodes are left out; folders on which something else is mounted are
 * copied empty. Links are copied as links. Single use.
 */
public final class TreeCopy {
  static final int MOST_DEPTH = 2_000;

  private final LayerTally tally;
  private final CopyAttributes attributes;
  private final Map<Inode, Place> linked = new HashMap<>();

  private record Inode(long device, long number) {}

  private record Place(DirectoryDescriptor root, String folder, String name) {}

  /** Copies within the limits. */
  public TreeCopy(LayerLimits limits, CopyAttributes attributes) {
    this.tally = new LayerTally(limits);
    this.attributes = attributes;
  }

  /** Copies what is in a folder, and the folder's own attributes, into an empty folder. */
  public LayerContents copyRoot(DirectoryDescriptor source, DirectoryDescriptor target)
      throws LinuxException, InterruptedException {
    copyInto(source, target, target, "", 0);
    finish(source, target);
    return tally.contents(false);
  }

  /** Copies a file to a name, over the file that has it. */
  public void copyFile(OpenFile source, DirectoryDescriptor target, String name)
      throws LinuxException {
    tally.entry();
    clear(target, name);
    copyContent(source, target, name);
  }

  /** Copies what is in a folder into another that may hold something already. */
  public void merge(DirectoryDescriptor source, DirectoryDescriptor target)
      throws LinuxException, InterruptedException {
    copyInto(source, target, target, "", 0);
  }

  private void copyInto(
      DirectoryDescriptor source,
      DirectoryDescriptor target,
      DirectoryDescriptor root,
      String path,
      int depth)
      throws LinuxException, InterruptedException {
    if (depth > MOST_DEPTH) {
      throw AtollException.invalid("the tree has more than %d folders in each other", MOST_DEPTH);
    }
    for (String name : source.names()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Optional<FileStatus> status = source.find(name);
      if (status.isPresent()) {
        node(source, name, status.get(), target, root, path, name, depth);
      }
    }
  }

  private void node(
      DirectoryDescriptor source,
      String name,
      FileStatus status,
      DirectoryDescriptor target,
      DirectoryDescriptor root,
      String path,
      String newName,
      int depth)
      throws LinuxException, InterruptedException {
    switch (status.type()) {
      case FileStatus.S_IFDIR -> folder(source, name, target, root, path, newName, depth);
      case FileStatus.S_IFREG, FileStatus.S_IFLNK, FileStatus.S_IFIFO -> {
        tally.entry();
        clear(target, newName);
        if (linkToEarlier(status, target, root, path, newName)) {
          return;
        }
        switch (status.type()) {
          case FileStatus.S_IFREG -> file(source, name, target, newName);
          case FileStatus.S_IFLNK -> target.createSymlink(source.readSymlink(name), newName);
          default -> target.createNode(newName, FileStatus.S_IFIFO, 0);
        }
        if (!status.isRegular()) {
          attributes.apply(status, target, newName);
        }
      }
      default -> {
        // Sockets are dead without their process, and device nodes have no place in a layer.
      }
    }
  }

  private void folder(
      DirectoryDescriptor source,
      String name,
      DirectoryDescriptor target,
      DirectoryDescriptor root,
      String path,
      String newName,
      int depth)
      throws LinuxException, InterruptedException {
    Optional<FileStatus> before = target.find(newName);
    if (before.isPresent() && !before.get().isDirectory()) {
      throw AtollException.invalid(
          "a folder can't be copied over the file '%s'", dev.atoll.linux.RawNames.text(newName));
    }
    if (before.isEmpty()) {
      tally.entry();
      target.createDirectory(newName, 0700);
    }
    try (DirectoryDescriptor created = target.directory(newName, Resolve.NO_SYMLINKS)) {
      String below = path.isEmpty() ? newName : path + "/" + newName;
      try (DirectoryDescriptor opened = source.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
        copyInto(opened, created, root, below, depth + 1);
        finish(opened, created);
      } catch (LinuxException e) {
        if (!TreeDeletion.isMountInside(e)) {
          throw e;
        }
        created.setPermissions(0755);
      }
    }
  }

  private void file(
      DirectoryDescriptor source, String name, DirectoryDescriptor target, String newName)
      throws LinuxException {
    try (OpenFile from = source.file(name, Resolve.NO_SYMLINKS)) {
      copyContent(from, target, newName);
    }
  }

  private void copyContent(OpenFile from, DirectoryDescriptor target, String name)
      throws LinuxException {
    tally.bytes(from.status().size());
    try (OpenFile to = target.createFile(name, 0600)) {
      from.copyTo(to);
      finish(from, to);
    }
  }

  private boolean linkToEarlier(
      FileStatus status,
      DirectoryDescriptor target,
      DirectoryDescriptor root,
      String path,
      String newName)
      throws LinuxException {
    if (status.links() < 2) {
      return false;
    }
    Inode inode = new Inode(status.device(), status.inode());
    Place earlier = linked.get(inode);
    if (earlier == null) {
      linked.put(inode, new Place(root, path, newName));
      return false;
    }
    try (DirectoryDescriptor folder =
        earlier
            .root()
            .directory(earlier.folder().isEmpty() ? "." : earlier.folder(), Resolve.NO_SYMLINKS)) {
      target.createHardLink(folder, earlier.name(), newName);
    }
    return true;
  }

  private static void clear(DirectoryDescriptor target, String name) throws LinuxException {
    Optional<FileStatus> before = target.find(name);
    if (before.isPresent() && before.get().isDirectory()) {
      throw AtollException.invalid(
          "a file can't be copied over the folder '%s'", dev.atoll.linux.RawNames.text(name));
    }
    if (before.isPresent()) {
      target.removeFile(name);
    }
  }

  private void finish(OpenNode from, OpenNode to) throws LinuxException {
    FileStatus status = from.status();
    attributes.apply(status, to);
    KeptAttributes.copy(from, to, 0);
    to.setModified(status.seconds(), status.nanoseconds());
  }
}
