package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Subvolumes of btrfs, and limits of how much each may hold (linux/btrfs.h). What is in a subvolume
 * can't be moved to another one, but copied by a snapshot, which shares the blocks. Making and
 * limiting one takes hundredths of a millisecond. All of it needs CAP_SYS_ADMIN, and blocks.
 */
public final class Subvolumes {
  private static final long SUBVOL_CREATE_V2 = 0x50009418L;
  private static final long SNAP_CREATE_V2 = 0x50009417L;
  private static final long SNAP_DESTROY_V2 = 0x5000943fL;
  private static final long QUOTA_CTL = 0xc0109428L;
  private static final long QGROUP_ASSIGN = 0x40189429L;
  private static final long QGROUP_CREATE = 0x4010942aL;
  private static final long QGROUP_LIMIT = 0x8030942bL;
  private static final long INO_LOOKUP = 0xd0009412L;

  private static final long QUOTA_ENABLE = 1;
  private static final long QUOTA_ENABLE_SIMPLE = 4;
  private static final long LIMIT_MAX_RFER = 1;
  private static final long FIRST_FREE_OBJECTID = 256;

  private static final int ARGUMENT_BYTES = 4096;
  private static final int NAME_AT = 56;
  private static final int LONGEST_NAME = 255;

  private Subvolumes() {}

  /** Makes an empty subvolume in a folder; 0755 less the process's umask, root's. */
  public static void create(DirectoryDescriptor folder, String name) throws LinuxException {
    named(folder, SUBVOL_CREATE_V2, name, 0);
  }

  /**
   * Makes a subvolume that holds what another one of the same file system holds now, as one moment
   * of it. It is on the disk when this returns, also after a loss of power: it takes as long as
   * writing what was not written yet.
   */
  public static void snapshot(DirectoryDescriptor source, DirectoryDescriptor folder, String name)
      throws LinuxException {
    named(folder, SNAP_CREATE_V2, name, source.number());
  }

  /**
   * Removes a subvolume with all that is in it; the kernel frees the blocks later. Whoever has it
   * open or mounted keeps what they have, and finds nothing new.
   */
  public static void delete(DirectoryDescriptor folder, String name) throws LinuxException {
    named(folder, SNAP_DESTROY_V2, name, 0);
  }

  /**
   * Counts from now on what each subvolume holds. Simple quotas (Linux 6.7) where the kernel has
   * them, else quota groups: both stop a writer in time, and the first cost it less. Harmless when
   * it is so already.
   */
  public static void count(DirectoryDescriptor anyFolder) throws LinuxException {
    try {
      quotaControl(anyFolder, QUOTA_ENABLE_SIMPLE);
    } catch (LinuxException e) {
      if (e.errno() != Errno.EINVAL && e.errno() != Errno.EOPNOTSUPP) {
        throw e;
      }
      quotaControl(anyFolder, QUOTA_ENABLE);
    }
  }

  private static void quotaControl(DirectoryDescriptor folder, long command) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment argument = arena.allocate(16, 8);
      argument.set(ValueLayout.JAVA_LONG, 0, command);
      folder.call(SystemCallNumber.IOCTL, "btrfs quotas", QUOTA_CTL, argument.address());
    }
  }

  /**
   * Makes a group of a subvolume alone, which others can {@link #join}, and lets all of them
   * together hold at most this much, content and the file system's own records of it: a write
   * beyond it, or one more name, fails with EDQUOT.
   *
   * @param bytes 1 or more
   */
  public static void limit(DirectoryDescriptor subvolume, long bytes) throws LinuxException {
    if (bytes < 1) {
      throw new IllegalArgumentException("a subvolume can't be limited to " + bytes + " bytes");
    }
    long number = number(subvolume);
    count(subvolume, QGROUP_CREATE, 1, group(number));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment argument = arena.allocate(48, 8);
      argument.set(ValueLayout.JAVA_LONG, 0, group(number));
      argument.set(ValueLayout.JAVA_LONG, 8, LIMIT_MAX_RFER);
      argument.set(ValueLayout.JAVA_LONG, 16, bytes);
      subvolume.call(SystemCallNumber.IOCTL, "btrfs limit", QGROUP_LIMIT, argument.address());
    }
    assign(subvolume, number, group(number));
  }

  /**
   * Has an empty subvolume share another one's limit.
   *
   * @param limited a subvolume that has been given a {@link #limit}
   */
  public static void join(DirectoryDescriptor subvolume, DirectoryDescriptor limited)
      throws LinuxException {
    assign(subvolume, number(subvolume), group(number(limited)));
  }

  /** The level of a group is in its highest 16 bits. */
  private static long group(long subvolume) {
    return 1L << 48 | subvolume;
  }

  private static void assign(DirectoryDescriptor folder, long member, long group)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment argument = arena.allocate(24, 8);
      argument.set(ValueLayout.JAVA_LONG, 0, 1);
      argument.set(ValueLayout.JAVA_LONG, 8, member);
      argument.set(ValueLayout.JAVA_LONG, 16, group);
      folder.call(SystemCallNumber.IOCTL, "btrfs group", QGROUP_ASSIGN, argument.address());
    }
  }

  private static void count(DirectoryDescriptor folder, long request, long make, long group)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment argument = arena.allocate(16, 8);
      argument.set(ValueLayout.JAVA_LONG, 0, make);
      argument.set(ValueLayout.JAVA_LONG, 8, group);
      folder.call(SystemCallNumber.IOCTL, "btrfs count", request, argument.address());
    }
  }

  /** The number of the subvolume that a folder is in, by which its count is known. */
  public static long number(DirectoryDescriptor folder) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment argument = arena.allocate(ARGUMENT_BYTES, 8);
      argument.set(ValueLayout.JAVA_LONG, 8, FIRST_FREE_OBJECTID);
      folder.call(SystemCallNumber.IOCTL, "btrfs subvolume", INO_LOOKUP, argument.address());
      return argument.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /**
   * Forgets what was counted of a subvolume that was deleted, and its limit.
   *
   * @param number of the subvolume
   * @return whether it is forgotten: it isn't while the kernel still frees blocks, or another
   *     subvolume shares the limit
   */
  public static boolean forgetCount(DirectoryDescriptor anyFolder, long number)
      throws LinuxException {
    return forget(anyFolder, number) && forget(anyFolder, group(number));
  }

  private static boolean forget(DirectoryDescriptor folder, long group) throws LinuxException {
    try {
      count(folder, QGROUP_CREATE, 0, group);
      return true;
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT) {
        return true;
      }
      if (e.errno() == Errno.EBUSY) {
        return false;
      }
      throw e;
    }
  }

  private static void named(DirectoryDescriptor folder, long request, String name, long source)
      throws LinuxException {
    DirectoryDescriptor.component(name);
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length > LONGEST_NAME) {
      throw new IllegalArgumentException("the name of a subvolume is too long");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment argument = arena.allocate(ARGUMENT_BYTES, 8);
      argument.set(ValueLayout.JAVA_LONG, 0, source);
      MemorySegment.copy(bytes, 0, argument, ValueLayout.JAVA_BYTE, NAME_AT, bytes.length);
      folder.call(
          SystemCallNumber.IOCTL, "subvolume " + RawNames.text(name), request, argument.address());
    }
  }
}
