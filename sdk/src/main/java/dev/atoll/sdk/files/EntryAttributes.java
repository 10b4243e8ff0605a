package dev.atoll.sdk.files;

import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the wire tells of a file, as the JDK has attributes. There is one time, that of the last
 * change, and nothing that tells two files apart.
 */
record EntryAttributes(FileEntry entry) implements PosixFileAttributes {
  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int LINK = 0120000;

  /** A user or a group by its name in the sandbox. */
  record Principal(String getName) implements GroupPrincipal {
    @Override
    public String toString() {
      return getName;
    }
  }

  @Override
  public FileTime lastModifiedTime() {
    return entry.modified();
  }

  @Override
  public FileTime lastAccessTime() {
    return entry.modified();
  }

  @Override
  public FileTime creationTime() {
    return entry.modified();
  }

  @Override
  public boolean isRegularFile() {
    return (entry.mode() & TYPE) == REGULAR;
  }

  @Override
  public boolean isDirectory() {
    return (entry.mode() & TYPE) == DIRECTORY;
  }

  @Override
  public boolean isSymbolicLink() {
    return (entry.mode() & TYPE) == LINK;
  }

  @Override
  public boolean isOther() {
    return !isRegularFile() && !isDirectory() && !isSymbolicLink();
  }

  @Override
  public long size() {
    return entry.size();
  }

  @Override
  public @Nullable Object fileKey() {
    return null;
  }

  @Override
  public UserPrincipal owner() {
    return new Principal(entry.owner());
  }

  @Override
  public GroupPrincipal group() {
    return new Principal(entry.group());
  }

  @Override
  public Set<PosixFilePermission> permissions() {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (PosixFilePermission permission : PosixFilePermission.values()) {
      if ((entry.mode() & bit(permission)) != 0) {
        permissions.add(permission);
      }
    }
    return permissions;
  }

  /** The permission's bit in {@code st_mode}: the JDK has them in the order of the bits. */
  static int bit(PosixFilePermission permission) {
    return 0400 >> permission.ordinal();
  }
}
