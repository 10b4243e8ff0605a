package dev.atoll.images.layers;

import dev.atoll.errors.AtollException;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.OpenFile;
import dev.atoll.linux.OpenNode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Turns the upper folder of an overlay into a layer, in place: owners as inside, and only the
 * attributes that a layer keeps; of overlay's own those two that say something about content:
 * {@code opaque} and {@code redirect}. Sockets go. Nothing may write to it meanwhile. Single use:
 * done twice, it would shift owners twice.
 */
public final class UpperFolder {
  private final IdMapping mapping;
  private final LayerTally tally;
  private final Set<Long> linked = new HashSet<>();

  /** Works with the mapping of the sandbox that wrote, within the limits. */
  public UpperFolder(IdMapping mapping, LayerLimits limits) {
    this.mapping = mapping;
    this.tally = new LayerTally(limits);
  }

  /** Does it. */
  public LayerContents makeLayer(DirectoryDescriptor upper) throws LinuxException {
    folder(upper, 0);
    return tally.contents(false);
  }

  private void folder(DirectoryDescriptor folder, int depth) throws LinuxException {
    if (depth > TreeCopy.MOST_DEPTH) {
      throw AtollException.invalid(
          "what was written has more than %d folders in each other", TreeCopy.MOST_DEPTH);
    }
    FileStatus before = folder.status();
    for (String name : folder.names()) {
      Optional<FileStatus> status = folder.find(name);
      if (status.isPresent()) {
        tally.entry();
        node(folder, name, status.get(), depth);
      }
    }
    clean(folder, before);
    folder.setModified(before.seconds(), before.nanoseconds());
  }

  private void node(DirectoryDescriptor folder, String name, FileStatus status, int depth)
      throws LinuxException {
    if (status.isDirectory()) {
      try (DirectoryDescriptor child = folder.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
        folder(child, depth + 1);
      }
      return;
    }
    if (status.links() > 1 && !linked.add(status.inode())) {
      return;
    }
    switch (status.type()) {
      case FileStatus.S_IFREG -> {
        tally.bytes(status.size());
        try (OpenFile file = folder.file(name, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
          clean(file, status);
        }
      }
      case FileStatus.S_IFLNK -> shift(folder, name, status);
      case FileStatus.S_IFIFO -> {
        shift(folder, name, status);
        folder.setPermissions(name, status.permissions());
      }
      default -> {
        if (!OverlayMarks.isWhiteout(status)) {
          folder.removeFile(name);
        }
      }
    }
  }

  private void clean(OpenNode node, FileStatus before) throws LinuxException {
    Optional<byte[]> capability = Optional.empty();
    for (String name : node.attributeNames()) {
      if (name.equals(KeptAttributes.CAPABILITY)) {
        capability =
            node.attribute(name)
                .flatMap(value -> KeptAttributes.capability(value, mapping.hostBase()));
      }
      boolean kept = KeptAttributes.isUsers(name) || OverlayMarks.isAboutContent(name);
      if (!kept && !name.startsWith("security.selinux")) {
        node.removeAttribute(name);
      }
    }
    if (!mapping.isIdentity()) {
      node.setOwner(inside(before.uid()), inside(before.gid()));
      node.setPermissions(before.permissions());
    }
    if (capability.isPresent()) {
      node.setAttribute(KeptAttributes.CAPABILITY, capability.get());
    }
  }

  private void shift(DirectoryDescriptor folder, String name, FileStatus status)
      throws LinuxException {
    if (!mapping.isIdentity()) {
      folder.setOwner(name, inside(status.uid()), inside(status.gid()));
    }
  }

  private int inside(int id) {
    return new InsideIds(mapping).of(id);
  }
}
