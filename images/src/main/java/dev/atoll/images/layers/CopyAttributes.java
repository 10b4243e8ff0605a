package dev.atoll.images.layers;

import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.OpenNode;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whose the copies are, and what may be done with them.
 *
 * @param owner user and group id of every copy; those of the source when absent
 * @param permissions of every copy; those of the source when absent
 */
public record CopyAttributes(Optional<Owner> owner, OptionalInt permissions) {
  /** User and group id. */
  public record Owner(int uid, int gid) {}

  /** All as in the source. */
  public static CopyAttributes same() {
    return new CopyAttributes(Optional.empty(), OptionalInt.empty());
  }

  void apply(FileStatus source, OpenNode node) throws LinuxException {
    Owner to = ownerOf(source);
    node.setOwner(to.uid(), to.gid());
    node.setPermissions(permissions.orElse(source.permissions()));
  }

  void apply(FileStatus source, DirectoryDescriptor folder, String name) throws LinuxException {
    Owner to = ownerOf(source);
    folder.setOwner(name, to.uid(), to.gid());
    if (!source.isSymlink()) {
      folder.setPermissions(name, permissions.orElse(source.permissions()));
    }
    folder.setModified(name, source.seconds(), source.nanoseconds());
  }

  private Owner ownerOf(FileStatus source) {
    return owner.orElse(new Owner(source.uid(), source.gid()));
  }
}
