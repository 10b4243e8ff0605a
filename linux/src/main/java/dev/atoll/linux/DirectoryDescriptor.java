package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An open folder, and what can be done below it without a path from the root: a name is resolved by
 * the kernel below this descriptor (openat2(2)), so that nobody who moves folders or plants links
 * can lead it elsewhere. Names and paths are {@linkplain RawNames raw}. Methods that take a name
 * refuse slashes, {@code .} and {@code ..}, and don't follow a link of that name.
 */
public final class DirectoryDescriptor extends OpenNode {
  private static final int O_WRONLY = 1;
  private static final int O_CREAT = 0100;
  private static final int O_EXCL = 0200;
  private static final int O_NOCTTY = 0400;
  private static final int O_NONBLOCK = 04000;
  // asm-generic/fcntl.h and arch/arm64's differ in these two.
  private static final int O_DIRECTORY = SystemCallNumber.AARCH64 ? 040000 : 0200000;
  private static final int O_NOFOLLOW = SystemCallNumber.AARCH64 ? 0100000 : 0400000;
  private static final int O_CLOEXEC = 02000000;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int MOST_LINK_BYTES = 4096;

  /** How paths of several names are resolved (openat2(2)). */
  public enum Resolve {
    /** Beneath this folder; a symbolic link on the way is refused with ELOOP. */
    NO_SYMLINKS(0x08 | 0x04 | 0x02),
    /** As {@link #NO_SYMLINKS}, and a mount point on the way is refused with EXDEV. */
    NO_SYMLINKS_NO_MOUNTS(0x08 | 0x04 | 0x02 | 0x01),
    /** As if this folder were the root: links are followed and stay inside. */
    IN_ROOT(0x10 | 0x02);

    private final long flags;

    Resolve(long flags) {
      this.flags = flags;
    }
  }

  private DirectoryDescriptor(Descriptor descriptor) {
    super(descriptor);
  }

  /** Opens a folder of the host. */
  public static DirectoryDescriptor open(Path folder) throws LinuxException {
    return new DirectoryDescriptor(Descriptor.open(folder, Descriptor.O_RDONLY | O_DIRECTORY));
  }

  /** Opens a folder below; {@code .} is this one. */
  public DirectoryDescriptor directory(String path, Resolve resolve) throws LinuxException {
    return new DirectoryDescriptor(openat2(path, O_DIRECTORY, 0, resolve));
  }

  /** Opens a file below for reading. It doesn't wait for a writer of a FIFO. */
  public OpenFile file(String path, Resolve resolve) throws LinuxException {
    return new OpenFile(openat2(path, O_NONBLOCK | O_NOCTTY, 0, resolve));
  }

  /** Makes a regular file, which must not be there, and opens it for writing. */
  public OpenFile createFile(String name, int permissions) throws LinuxException {
    return new OpenFile(
        openat2(
            component(name),
            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
            permissions,
            Resolve.NO_SYMLINKS));
  }

  /** Makes a folder; the process's umask lowers its permissions. */
  public void createDirectory(String name, int permissions) throws LinuxException {
    named(SystemCallNumber.MKDIRAT, name, permissions);
  }

  /** Makes a symbolic link; the target is any bytes. */
  public void createSymlink(String target, String name) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      SystemCall.call(
          SystemCallNumber.SYMLINKAT,
          RawNames.text(name),
          SystemCall.rawString(arena, target),
          number(),
          SystemCall.rawString(arena, component(name)));
    }
  }

  /** Gives a file of a folder another name in this one. A link is not followed, but linked. */
  public void createHardLink(DirectoryDescriptor folder, String existing, String name)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      folder.call(
          SystemCallNumber.LINKAT,
          RawNames.text(name),
          SystemCall.rawString(arena, component(existing)),
          number(),
          SystemCall.rawString(arena, component(name)),
          0);
    }
  }

  /**
   * Makes a FIFO or a device node (mknod(2)).
   *
   * @param mode type and permission bits
   * @param device for device nodes, as mknod(2) takes it
   */
  public void createNode(String name, int mode, long device) throws LinuxException {
    named(SystemCallNumber.MKNODAT, name, mode, device);
  }

  /** What is there by this name; a link isn't followed. */
  public Optional<FileStatus> find(String name) throws LinuxException {
    try {
      return Optional.of(FileStatus.read(number(), component(name), AT_SYMLINK_NOFOLLOW));
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The target of a symbolic link, raw. */
  public String readSymlink(String name) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(MOST_LINK_BYTES);
      long length = named(SystemCallNumber.READLINKAT, name, buffer.address(), buffer.byteSize());
      return SystemCall.rawText(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /** The names in this folder, in the file system's order, without {@code .} and {@code ..}. */
  public List<String> names() throws LinuxException {
    return DirectoryListing.read(this);
  }

  /** Removes a file, link or node. */
  public void removeFile(String name) throws LinuxException {
    named(SystemCallNumber.UNLINKAT, name, 0);
  }

  /** Removes an empty folder. */
  public void removeDirectory(String name) throws LinuxException {
    named(SystemCallNumber.UNLINKAT, name, AT_REMOVEDIR);
  }

  /** Moves what has a name to another folder of the same file system, over what is there. */
  public void rename(String name, DirectoryDescriptor folder, String newName)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      call(
          SystemCallNumber.RENAMEAT2,
          RawNames.text(name),
          SystemCall.rawString(arena, component(name)),
          folder.number(),
          SystemCall.rawString(arena, component(newName)),
          0);
    }
  }

  /** Changes owner and group of a file, link or node, not of a link's target (fchownat(2)). */
  public void setOwner(String name, int uid, int gid) throws LinuxException {
    named(SystemCallNumber.FCHOWNAT, name, uid, gid, AT_SYMLINK_NOFOLLOW);
  }

  /**
   * Changes the permission bits. Only for what is known to be no symbolic link: this would be
   * followed (fchmodat(2)).
   */
  public void setPermissions(String name, int permissions) throws LinuxException {
    named(SystemCallNumber.FCHMODAT, name, permissions);
  }

  /** Changes the time of the last modification; a link's own, not its target's. */
  public void setModified(String name, long seconds, int nanoseconds) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      long times = times(arena, seconds, nanoseconds).address();
      named(SystemCallNumber.UTIMENSAT, name, times, AT_SYMLINK_NOFOLLOW);
    }
  }

  /** Writes everything that this folder's file system holds in memory to the disk (syncfs(2)). */
  public void synchronizeFileSystem() throws LinuxException {
    call(SystemCallNumber.SYNCFS, "a file system");
  }

  private long named(SystemCallNumber number, String name, long... arguments)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      long[] all = new long[arguments.length + 1];
      all[0] = SystemCall.rawString(arena, component(name));
      System.arraycopy(arguments, 0, all, 1, arguments.length);
      return call(number, RawNames.text(name), all);
    }
  }

  private Descriptor openat2(String path, int flags, int permissions, Resolve resolve)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment how = arena.allocate(24, 8);
      how.set(ValueLayout.JAVA_LONG, 0, flags | O_CLOEXEC);
      how.set(ValueLayout.JAVA_LONG, 8, permissions);
      how.set(ValueLayout.JAVA_LONG, 16, resolve.flags);
      // EAGAIN: a rename somewhere in the system raced with a look at "..".
      LinuxException failure;
      int attempts = 0;
      do {
        try {
          return Descriptor.own(
              call(
                  SystemCallNumber.OPENAT2,
                  RawNames.text(path),
                  SystemCall.rawString(arena, path),
                  how.address(),
                  how.byteSize()));
        } catch (LinuxException e) {
          failure = e;
        }
        if (attempts > 20) {
          java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
      } while (failure.errno() == Errno.EAGAIN && ++attempts < 500);
      throw failure;
    }
  }

  static String component(String name) {
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException(
          "'" + RawNames.text(name) + "' is no name of a file in a folder");
    }
    return name;
  }
}
