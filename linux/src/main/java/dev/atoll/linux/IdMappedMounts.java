package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Bind mounts through which owners appear shifted by a user namespace's mapping (open_tree(2),
 * mount_setattr(2), move_mount(2); Linux 5.12, for overlay's lower folders 5.19).
 */
public final class IdMappedMounts {
  private static final long AT_FDCWD = -100;
  private static final long AT_EMPTY_PATH = 0x1000;
  private static final long OPEN_TREE_CLONE = 1;
  private static final long OPEN_TREE_CLOEXEC = 0x80000;
  private static final long MOVE_MOUNT_F_EMPTY_PATH = 4;
  private static final long MOUNT_ATTR_RDONLY = 1;
  private static final long MOUNT_ATTR_NOSUID = 2;
  private static final long MOUNT_ATTR_NODEV = 4;
  private static final long MOUNT_ATTR_IDMAP = 0x100000;
  private static final long MS_PRIVATE = 1L << 18;
  private static final long ATTRIBUTES_SIZE = 32;

  private IdMappedMounts() {}

  /**
   * Makes a folder visible at a second place, read-only, private, without devices, and with the
   * namespace's mapping applied: a file of id {@code n} appears as the id to which the namespace
   * maps {@code n}.
   *
   * <p>It is read-only always: a recursive delete that strays through a writable one would empty
   * the source, since both have the same device number.
   */
  public static void bindReadOnly(Path source, Path target, UserNamespaceFile namespace)
      throws LinuxException {
    bind(
        source,
        target,
        namespace,
        MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_IDMAP);
  }

  /**
   * As {@link #bindReadOnly}, but set-user-id programs keep their effect, as a root file system
   * needs it (the mount of the overlay above decides).
   */
  public static void bindLower(Path source, Path target, UserNamespaceFile namespace)
      throws LinuxException {
    bind(source, target, namespace, MOUNT_ATTR_RDONLY | MOUNT_ATTR_IDMAP);
  }

  private static void bind(Path source, Path target, UserNamespaceFile namespace, long attributes)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined();
        Descriptor tree =
            Descriptor.own(
                SystemCall.call(
                    SystemCallNumber.OPEN_TREE,
                    source.toString(),
                    AT_FDCWD,
                    SystemCall.string(arena, source.toString()),
                    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC))) {
      MemorySegment structure = arena.allocate(ATTRIBUTES_SIZE, 8);
      structure.set(ValueLayout.JAVA_LONG, 0, attributes);
      structure.set(ValueLayout.JAVA_LONG, 16, MS_PRIVATE);
      structure.set(ValueLayout.JAVA_LONG, 24, namespace.descriptor());
      long empty = SystemCall.string(arena, "");
      SystemCall.call(
          SystemCallNumber.MOUNT_SETATTR,
          source.toString(),
          tree.number(),
          empty,
          AT_EMPTY_PATH,
          structure.address(),
          ATTRIBUTES_SIZE);
      SystemCall.call(
          SystemCallNumber.MOVE_MOUNT,
          target.toString(),
          tree.number(),
          empty,
          AT_FDCWD,
          SystemCall.string(arena, target.toString()),
          MOVE_MOUNT_F_EMPTY_PATH);
    }
  }
}
