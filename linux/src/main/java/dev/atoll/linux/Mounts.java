package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * Mounts and their propagation (mount(2), umount2(2), mount_namespaces(7)). Paths may be relative
 * only where a method says so. Every call blocks while the kernel works: tenths of milliseconds for
 * the file systems that Atoll uses.
 */
public final class Mounts {
  /** mount(2): the file system can't be written through this mount. */
  public static final long MS_RDONLY = 1;

  /** mount(2): set-user-id bits and file capabilities have no effect. */
  public static final long MS_NOSUID = 2;

  /** mount(2): device nodes can't be opened. */
  public static final long MS_NODEV = 4;

  /** mount(2): programs can't be started. */
  public static final long MS_NOEXEC = 8;

  private static final long MS_REMOUNT = 32;
  private static final long MS_BIND = 4096;
  private static final long MS_REC = 16384;
  private static final long MS_PRIVATE = 1L << 18;
  private static final long MS_SLAVE = 1L << 19;
  private static final long MS_SHARED = 1L << 20;
  private static final int MNT_DETACH = 2;

  private Mounts() {}

  /**
   * Mounts a file system.
   *
   * @param source the device, or any word for file systems without one
   * @param type such as {@code tmpfs}
   * @param flags a sum of the MS_ constants of this class
   * @param options the file system's own, at most 4,095 bytes; may be empty
   */
  public static void mount(String source, Path target, String type, long flags, String options)
      throws LinuxException {
    mount(source, target.toString(), type, flags, options);
  }

  /** Mounts a small file system in memory, at most {@code bytes} large. */
  public static void tmpfs(String source, Path target, long bytes, String mode)
      throws LinuxException {
    mount(source, target, "tmpfs", MS_NOSUID | MS_NODEV, "size=" + bytes + ",mode=" + mode);
  }

  /** Makes a file or folder visible at a second place, without the mounts below it. */
  public static void bind(Path source, Path target) throws LinuxException {
    mount(source.toString(), target.toString(), "", MS_BIND, "");
  }

  /** Makes a file or folder visible at a second place, with the mounts below it. */
  public static void bindRecursively(Path source, Path target) throws LinuxException {
    mount(source.toString(), target.toString(), "", MS_BIND | MS_REC, "");
  }

  /**
   * As {@link #bind}, and then refuses writing, device nodes and set-user-id through the new mount.
   */
  public static void bindReadOnly(Path source, Path target) throws LinuxException {
    bind(source, target);
    mount("", target.toString(), "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, "");
  }

  /**
   * Changes the flags of one mount, not of its file system.
   *
   * @param flags a sum of the MS_ constants of this class; flags that are absent are taken away
   */
  public static void setFlags(Path mountPoint, long flags) throws LinuxException {
    mount("", mountPoint.toString(), "", MS_REMOUNT | MS_BIND | flags, "");
  }

  /** Mounts made below this one reach its peers and slaves, and theirs reach it. */
  public static void makeShared(Path mountPoint) throws LinuxException {
    mount("", mountPoint.toString(), "", MS_SHARED, "");
  }

  /** Mounts made below the master reach this one, but not the other way. */
  public static void makeSlave(Path mountPoint) throws LinuxException {
    mount("", mountPoint.toString(), "", MS_SLAVE, "");
  }

  /** Mounts reach this one from nowhere, and go nowhere from it. */
  public static void makePrivate(Path mountPoint) throws LinuxException {
    mount("", mountPoint.toString(), "", MS_PRIVATE, "");
  }

  /** Unmounts; fails with EBUSY while a file of it is open. */
  public static void unmount(Path mountPoint) throws LinuxException {
    unmount(mountPoint, 0);
  }

  /** Detaches a mount from the tree now; the kernel lets go of it when nobody uses it any more. */
  public static void unmountLazily(Path mountPoint) throws LinuxException {
    unmount(mountPoint, MNT_DETACH);
  }

  static void mount(String source, String target, String type, long flags, String options)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      SystemCall.call(
          SystemCallNumber.MOUNT,
          target,
          SystemCall.string(arena, source),
          SystemCall.string(arena, target),
          type.isEmpty() ? 0 : SystemCall.string(arena, type),
          flags,
          options.isEmpty() ? 0 : SystemCall.string(arena, options));
    }
  }

  private static void unmount(Path mountPoint, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      SystemCall.call(
          SystemCallNumber.UMOUNT2,
          mountPoint.toString(),
          SystemCall.string(arena, mountPoint.toString()),
          flags);
    }
  }
}
