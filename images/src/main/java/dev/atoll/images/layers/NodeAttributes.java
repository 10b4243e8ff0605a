package dev.atoll.images.layers;

import dev.atoll.images.tar.TarEntry;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.OpenNode;

/** Puts an archive entry's owner, permissions, attributes and time on what was made of it. */
final class NodeAttributes {
  private NodeAttributes() {}

  /** The owner goes first: changing it clears set-user-id bits and capabilities. */
  static void apply(OpenNode node, TarEntry entry) throws LinuxException {
    node.setOwner(entry.uid(), entry.gid());
    node.setPermissions(entry.mode());
    KeptAttributes.apply(node, entry.attributes());
    node.setModified(entry.seconds(), entry.nanoseconds());
  }

  /** For links and FIFOs, which are not opened and have no attributes that are kept. */
  static void apply(DirectoryDescriptor folder, String name, TarEntry entry) throws LinuxException {
    folder.setOwner(name, entry.uid(), entry.gid());
    if (entry.type() == TarEntry.Type.FIFO) {
      folder.setPermissions(name, entry.mode());
    }
    folder.setModified(name, entry.seconds(), entry.nanoseconds());
  }
}
