package dev.atoll.images.layers;

import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.Errno;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Removes a tree of any depth. A mount point inside stops it with EXDEV before anything behind it
 * is touched.
 */
public final class TreeDeletion {
  private static final int DEEP = 32;

  private final DirectoryDescriptor folder;

  /** Folders that were too deep, now in the topmost one under names of ours. */
  private final Deque<String> flattened = new ArrayDeque<>();

  private long moved;

  private TreeDeletion(DirectoryDescriptor folder) {
    this.folder = folder;
  }

  /** Removes what has this name in the folder, if anything has. */
  public static void delete(DirectoryDescriptor folder, String name) throws LinuxException {
    TreeDeletion deletion = new TreeDeletion(folder);
    deletion.remove(folder, name, 0);
    while (!deletion.flattened.isEmpty()) {
      deletion.remove(folder, deletion.flattened.removeFirst(), 0);
    }
  }

  private void remove(DirectoryDescriptor parent, String name, int depth) throws LinuxException {
    Optional<FileStatus> status = parent.find(name);
    if (status.isEmpty()) {
      return;
    }
    if (!status.get().isDirectory()) {
      parent.removeFile(name);
      return;
    }
    if (depth > DEEP) {
      String flat = freshName();
      parent.rename(name, folder, flat);
      flattened.addLast(flat);
      return;
    }
    try (DirectoryDescriptor child = parent.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
      for (String each : child.names()) {
        remove(child, each, depth + 1);
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
