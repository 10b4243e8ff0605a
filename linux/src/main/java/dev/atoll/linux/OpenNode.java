package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An open file or folder: its attributes, reached through the descriptor and no path. */
public abstract sealed class OpenNode implements AutoCloseable
    permits DirectoryDescriptor, OpenFile {
  static final int AT_EMPTY_PATH = 0x1000;
  private static final long UTIME_OMIT = (1L << 30) - 2;
  private static final int MOST_ATTRIBUTE_BYTES = 65_536;

  private final Descriptor descriptor;

  OpenNode(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  final int number() {
    return descriptor.number();
  }

  /** What the kernel knows about it. */
  public final FileStatus status() throws LinuxException {
    return FileStatus.read(number(), "", AT_EMPTY_PATH);
  }

  /** Where it is, as this process sees it, raw (proc_pid_fd(5)). */
  public final String path() throws LinuxException {
    try (DirectoryDescriptor descriptors = DirectoryDescriptor.open(Path.of("/proc/self/fd"))) {
      return descriptors.readSymlink(Integer.toString(number()));
    }
  }

  /** Changes owner and group (fchown(2)). The kernel clears set-user-id and capabilities. */
  public final void setOwner(int uid, int gid) throws LinuxException {
    call(SystemCallNumber.FCHOWN, "an open file", uid, gid);
  }

  /** Changes the permission bits (fchmod(2)). */
  public final void setPermissions(int permissions) throws LinuxException {
    call(SystemCallNumber.FCHMOD, "an open file", permissions);
  }

  /** Changes the time of the last modification (utimensat(2)). */
  public final void setModified(long seconds, int nanoseconds) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      call(
          SystemCallNumber.UTIMENSAT,
          "an open file",
          0,
          times(arena, seconds, nanoseconds).address(),
          0);
    }
  }

  /** The names of its extended attributes (xattr(7)), raw; empty where there are none. */
  public final List<String> attributeNames() throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(MOST_ATTRIBUTE_BYTES);
      long length =
          SystemCall.raw(
              SystemCallNumber.FLISTXATTR, number(), buffer.address(), MOST_ATTRIBUTE_BYTES);
      if (length == -Errno.EOPNOTSUPP) {
        return List.of();
      }
      SystemCall.check(SystemCallNumber.FLISTXATTR, "an open file", length);
      List<String> names = new ArrayList<>();
      for (long at = 0; at < length; ) {
        String name = SystemCall.readRawString(buffer, at);
        names.add(name);
        at += name.length() + 1L;
      }
      return names;
    }
  }

  /** An extended attribute's value; empty when it isn't there. */
  public final Optional<byte[]> attribute(String name) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(MOST_ATTRIBUTE_BYTES);
      long length =
          SystemCall.raw(
              SystemCallNumber.FGETXATTR,
              number(),
              SystemCall.rawString(arena, name),
              buffer.address(),
              MOST_ATTRIBUTE_BYTES);
      if (length == -Errno.ENODATA || length == -Errno.EOPNOTSUPP) {
        return Optional.empty();
      }
      SystemCall.check(SystemCallNumber.FGETXATTR, name, length);
      return Optional.of(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /** Sets an extended attribute. */
  public final void setAttribute(String name, byte[] value) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(1, value.length));
      MemorySegment.copy(value, 0, buffer, ValueLayout.JAVA_BYTE, 0, value.length);
      call(
          SystemCallNumber.FSETXATTR,
          RawNames.text(name),
          SystemCall.rawString(arena, name),
          buffer.address(),
          value.length,
          0);
    }
  }

  /** Removes an extended attribute, which must be there. */
  public final void removeAttribute(String name) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      call(SystemCallNumber.FREMOVEXATTR, RawNames.text(name), SystemCall.rawString(arena, name));
    }
  }

  static MemorySegment times(Arena arena, long seconds, int nanoseconds) {
    MemorySegment times = arena.allocate(32, 8);
    times.set(ValueLayout.JAVA_LONG, 8, UTIME_OMIT);
    times.set(ValueLayout.JAVA_LONG, 16, seconds);
    times.set(ValueLayout.JAVA_LONG, 24, nanoseconds);
    return times;
  }

  /** A call whose first argument is the descriptor. */
  final long call(SystemCallNumber number, String object, long... arguments) throws LinuxException {
    long[] all = new long[arguments.length + 1];
    all[0] = number();
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return SystemCall.call(number, object, all);
  }

  @Override
  public final void close() {
    descriptor.close();
  }
}
