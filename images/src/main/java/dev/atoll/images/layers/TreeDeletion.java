package dev.atoll.images.layers;

import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.Errno;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;

/**
 * Removes a tree of any depth. A mount point inside stops it with EXDEV before anything behind it
 * is touched.
 */
public final class TreeDeletion {
  private static final int DEEP = 32;

  private final DirectoryDescriptor folder;
  private long moved;

  private TreeDeletion(DirectoryDescriptor folder) {
    this.folder = folder;
  }

  /** Removes what has this name in the folder, if anything has. */
  public static void delete(DirectoryDescriptor folder, String name) throws LinuxException {
    var status = folder.find(name);
    if (status.isPresent()) {
      new TreeDeletion(folder).remove(folder, name, status.get(), 0);
    }
  }

  private void remove(DirectoryDescriptor parent, String name, FileStatus status, int depth)
      throws LinuxException {
    if (!status.isDirectory()) {
      parent.removeFile(name);
      return;
    }
    if (depth > DEEP) {
      // A chain of folders deeper than the stack and the table of descriptors: flatten it.
      String flat = freshName();
      parent.rename(name, folder, flat);
      remove(folder, flat, status, 0);
      return;
    }
    try (DirectoryDescriptor child = parent.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
      for (String each : child.names()) {
        var found = child.find(each);
        if (found.isPresent()) {
          remove(child, each, found.get(), depth + 1);
        }
      }
    }
    parent.removeDirectory(name);
  }

  private String freshName() throws LinuxException {
    String name;
    do {
      name = ".deep-" + Long.toString(moved++, Character.MAX_RADIX);
    } while (folder.find(name).isPresent());
    return name;
  }

  /** Whether a failure means that a mount is in the tree. */
  public static boolean isMountInside(LinuxException e) {
    return e.errno() == Errno.EXDEV || e.errno() == Errno.EBUSY;
  }
}
