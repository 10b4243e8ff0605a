package dev.atoll.images.layers;

import dev.atoll.errors.AtollException;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.OpenFile;
import dev.atoll.linux.OpenNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Copies the upper folder of a mounted overlay, or a folder of the overlay itself, which shows no
 * marks, into a layer. The layer gets what {@link UpperFolder} would have made of the folder
 * itself: owners as inside, whiteouts, overlay's marks that say something about content, the users'
 * attributes, hard links, holes and times. Sockets and device nodes are left out. Everything is
 * reached by descriptors, one name at a time, without links and mounts. Nothing may write to the
 * folder meanwhile. Single use.
 */
public final class UpperCopy {
  private final InsideIds ids;
  private final LayerTally tally;
  private final Runnable check;
  private final Map<Long, Place> linked = new HashMap<>();
  private final Omission omission;

  /** The name of a file in the layer that has other names, too. */
  private record Place(String folder, String name) {}

  /**
   * Works with the mapping of the sandbox that wrote, within the limits.
   *
   * @param check is asked before each entry, and throws when nobody wants the layer any more
   * @param omission what belongs to nobody inside
   */
  public UpperCopy(IdMapping mapping, LayerLimits limits, Runnable check, Omission omission) {
    this.ids = new InsideIds(mapping);
    this.tally = new LayerTally(limits);
    this.check = check;
    this.omission = omission;
  }

  /** Copies all of what nobody writes to any more, as {@link #UpperCopy} otherwise. */
  public static UpperCopy all(IdMapping mapping, LayerLimits limits) {
    return new UpperCopy(mapping, limits, () -> {}, (path, status) -> false);
  }

  /** What is not copied. */
  @FunctionalInterface
  public interface Omission {
    /**
     * Whether an entry is left out: a file always, a folder if nothing else is in it.
     *
     * @param path below the folder that is copied, raw
     */
    boolean omits(String path, FileStatus status);
  }

  /** Copies into an empty folder. Interruptible between two entries. */
  public LayerContents copy(DirectoryDescriptor upper, DirectoryDescriptor layer)
      throws LinuxException, InterruptedException {
    folder(upper, layer, layer, "", 0);
    return tally.contents(false);
  }

  private void folder(
      DirectoryDescriptor from,
      DirectoryDescriptor to,
      DirectoryDescriptor layer,
      String path,
      int depth)
      throws LinuxException, InterruptedException {
    if (depth > TreeCopy.MOST_DEPTH) {
      throw AtollException.invalid(
          "what was written has more than %d folders in each other", TreeCopy.MOST_DEPTH);
    }
    for (String name : from.names()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      check.run();
      Optional<FileStatus> status = from.find(name);
      if (status.isEmpty()) {
        continue;
      }
      String below = path.isEmpty() ? name : path + "/" + name;
      boolean omitted = omission.omits(below, status.get());
      if (status.get().isDirectory()) {
        tally.entry();
        to.createDirectory(name, 0700);
        boolean empty;
        try (DirectoryDescriptor source = from.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS);
            DirectoryDescriptor target = to.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
          folder(source, target, layer, below, depth + 1);
          empty = omitted && target.names().isEmpty();
        }
        if (empty) {
          to.removeDirectory(name);
        }
      } else if (!omitted) {
        node(from, to, layer, path, name, status.get());
      }
    }
    finish(from, to);
  }

  private void node(
      DirectoryDescriptor from,
      DirectoryDescriptor to,
      DirectoryDescriptor layer,
      String path,
      String name,
      FileStatus status)
      throws LinuxException {
    // The kernel makes one whiteout and links it to many names: each is an entry for itself.
    if (OverlayMarks.isWhiteout(status)) {
      tally.entry();
      OverlayMarks.createWhiteout(to, name);
      return;
    }
    switch (status.type()) {
      case FileStatus.S_IFREG, FileStatus.S_IFLNK, FileStatus.S_IFIFO -> {
        tally.entry();
        if (status.links() > 1 && linkToEarlier(status, to, layer, path, name)) {
          return;
        }
        if (status.isRegular()) {
          file(from, to, name);
          return;
        }
        if (status.isSymlink()) {
          to.createSymlink(from.readSymlink(name), name);
        } else {
          to.createNode(name, FileStatus.S_IFIFO, 0);
        }
        to.setOwner(name, ids.of(status.uid()), ids.of(status.gid()));
        if (!status.isSymlink()) {
          to.setPermissions(name, status.permissions());
        }
        to.setModified(name, status.seconds(), status.nanoseconds());
      }
      default -> {
        // Sockets are dead without their process, and device nodes have no place in a layer.
      }
    }
  }

  private void file(DirectoryDescriptor from, DirectoryDescriptor to, String name)
      throws LinuxException {
    try (OpenFile source = from.file(name, Resolve.NO_SYMLINKS_NO_MOUNTS);
        OpenFile target = to.createFile(name, 0600)) {
      tally.bytes(source.status().size());
      source.copyTo(target);
      finish(source, target);
    }
  }

  private boolean linkToEarlier(
      FileStatus status,
      DirectoryDescriptor to,
      DirectoryDescriptor layer,
      String path,
      String name)
      throws LinuxException {
    Place earlier = linked.putIfAbsent(status.inode(), new Place(path, name));
    if (earlier == null) {
      return false;
    }
    String folder = earlier.folder().isEmpty() ? "." : earlier.folder();
    try (DirectoryDescriptor other = layer.directory(folder, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
      to.createHardLink(other, earlier.name(), name);
    }
    return true;
  }

  /** Owner first: the kernel clears set-user-id bits and capabilities when it changes. */
  private void finish(OpenNode from, OpenNode to) throws LinuxException {
    FileStatus status = from.status();
    to.setOwner(ids.of(status.uid()), ids.of(status.gid()));
    to.setPermissions(status.permissions());
    for (String name : from.attributeNames()) {
      Optional<byte[]> value = kept(from, name);
      if (value.isPresent()) {
        to.setAttribute(name, value.get());
      }
    }
    to.setModified(status.seconds(), status.nanoseconds());
  }

  private Optional<byte[]> kept(OpenNode node, String name) throws LinuxException {
    if (KeptAttributes.isUsers(name) || OverlayMarks.isAboutContent(name)) {
      return node.attribute(name);
    }
    return name.equals(KeptAttributes.CAPABILITY)
        ? node.attribute(name)
            .flatMap(value -> KeptAttributes.capability(value, ids.mapping().hostBase()))
        : Optional.empty();
  }
}
