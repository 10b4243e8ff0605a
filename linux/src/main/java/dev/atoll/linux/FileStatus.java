package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the kernel knows about a file (statx(2), inode(7)).
 *
 * @param mode type and permission bits
 * @param uid owner
 * @param gid group
 * @param size bytes
 * @param blocks allocated, in units of 512 bytes
 * @param links names of the file
 * @param device of the file system, major and minor in one number
 * @param inode number in the file system
 * @param rawDevice what a device node stands for: the major number in the upper half, the minor in
 *     the lower
 * @param seconds of the last modification, since 1970
 * @param nanoseconds of the last modification's second
 */
public record FileStatus(
    int mode,
    int uid,
    int gid,
    long size,
    long blocks,
    int links,
    long device,
    long inode,
    long rawDevice,
    long seconds,
    int nanoseconds) {
  public static final int S_IFMT = 0170000;
  public static final int S_IFSOCK = 0140000;
  public static final int S_IFLNK = 0120000;
  public static final int S_IFREG = 0100000;
  public static final int S_IFBLK = 0060000;
  public static final int S_IFDIR = 0040000;
  public static final int S_IFCHR = 0020000;
  public static final int S_IFIFO = 0010000;

  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int BYTES = 256;

  static FileStatus read(int descriptor, String name, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BYTES, 8);
      SystemCall.call(
          SystemCallNumber.STATX,
          RawNames.text(name),
          descriptor,
          SystemCall.rawString(arena, name),
          flags,
          STATX_BASIC_STATS,
          buffer.address());
      return new FileStatus(
          Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT, 28)),
          buffer.get(ValueLayout.JAVA_INT, 20),
          buffer.get(ValueLayout.JAVA_INT, 24),
          buffer.get(ValueLayout.JAVA_LONG, 40),
          buffer.get(ValueLayout.JAVA_LONG, 48),
          buffer.get(ValueLayout.JAVA_INT, 16),
          pair(buffer, 136),
          buffer.get(ValueLayout.JAVA_LONG, 32),
          pair(buffer, 128),
          buffer.get(ValueLayout.JAVA_LONG, 112),
          buffer.get(ValueLayout.JAVA_INT, 120));
    }
  }

  private static long pair(MemorySegment buffer, long offset) {
    long major = Integer.toUnsignedLong(buffer.get(ValueLayout.JAVA_INT, offset));
    return major << 32 | Integer.toUnsignedLong(buffer.get(ValueLayout.JAVA_INT, offset + 4));
  }

  /** The type alone: one of the S_IF constants. */
  public int type() {
    return mode & S_IFMT;
  }

  /** The permission bits, set-user-id, set-group-id and sticky bit included. */
  public int permissions() {
    return mode & 07777;
  }

  /** Whether it is a folder. */
  public boolean isDirectory() {
    return type() == S_IFDIR;
  }

  /** Whether it is a regular file. */
  public boolean isRegular() {
    return type() == S_IFREG;
  }

  /** Whether it is a symbolic link. */
  public boolean isSymlink() {
    return type() == S_IFLNK;
  }
}
