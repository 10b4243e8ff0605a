package dev.atoll.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * A file as a block device (loop(4)). The kernel lets go of it when nobody has it open or mounted
 * any more. Needs root.
 *
 * @param path such as {@code /dev/loop0}
 * @param descriptor keeps the device until it is mounted
 */
public record LoopDevice(Path path, Descriptor descriptor) implements AutoCloseable {
  private static final long LOOP_CTL_GET_FREE = 0x4c82;
  private static final long LOOP_CONFIGURE = 0x4c0a;
  private static final long LOOP_GET_STATUS64 = 0x4c05;
  private static final int LO_FLAGS_AUTOCLEAR = 4;
  private static final int CONFIG_BYTES = 304;
  private static final int INFO_BYTES = 232;
  private static final int INFO_AT = 8;
  private static final int FLAGS_AT = INFO_AT + 52;
  private static final int ATTEMPTS = 64;
  private static final Path BLOCK_DEVICES = Path.of("/sys/block");

  /**
   * The device of a file: the one that is there already, in use by whoever, else a new one.
   *
   * @throws IOException when this kernel has no loop devices, or none is free
   */
  public static LoopDevice of(Path file) throws IOException {
    try (Descriptor backing = Descriptor.open(file, Descriptor.O_RDWR)) {
      Optional<LoopDevice> present = find(FileIdentity.of(backing));
      return present.isPresent() ? present.get() : create(backing, file);
    }
  }

  /** The device that a file has already. */
  public static Optional<LoopDevice> find(Path file) throws IOException {
    try (Descriptor backing = Descriptor.open(file, Descriptor.O_RDWR)) {
      return find(FileIdentity.of(backing));
    }
  }

  /** By what a device tells which file it stands for. */
  private record FileIdentity(long device, long inode) {
    static FileIdentity of(Descriptor file) throws LinuxException {
      FileStatus status = FileStatus.read(file.number(), "", OpenNode.AT_EMPTY_PATH);
      return new FileIdentity(encoded(status.device()), status.inode());
    }

    /** The kernel's huge_encode_dev (linux/kdev_t.h). */
    private static long encoded(long pair) {
      long major = pair >>> 32;
      long minor = pair & 0xffffffffL;
      return (minor & 0xff) | (major << 8) | ((minor & ~0xffL) << 12);
    }
  }

  private static Optional<LoopDevice> find(FileIdentity wanted) throws IOException {
    if (!Files.isDirectory(BLOCK_DEVICES)) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(BLOCK_DEVICES, "loop*")) {
      for (Path device : devices) {
        if (!Files.exists(device.resolve("loop/backing_file"))) {
          continue;
        }
        // For reading: a kernel may refuse to open a mounted device for more.
        Optional<LoopDevice> opened =
            open(Path.of("/dev").resolve(device.getFileName()), Descriptor.O_RDONLY);
        if (opened.isPresent()) {
          if (opened.get().stands().equals(Optional.of(wanted))) {
            return opened;
          }
          opened.get().close();
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<LoopDevice> open(Path path, int flags) throws LinuxException {
    try {
      return Optional.of(new LoopDevice(path, Descriptor.open(path, flags)));
    } catch (LinuxException e) {
      // It was let go of a moment ago, is somebody's who wants to be alone, or not for this
      // container.
      if (Set.of(Errno.ENXIO, Errno.EBUSY, Errno.ENOENT, Errno.EPERM, Errno.EACCES)
          .contains(e.errno())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The file behind it; empty when it is being let go of. */
  private Optional<FileIdentity> stands() throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(INFO_BYTES, 8);
      long result =
          SystemCall.raw(
              SystemCallNumber.IOCTL, descriptor.number(), LOOP_GET_STATUS64, info.address());
      if (result == -Errno.ENXIO) {
        return Optional.empty();
      }
      SystemCall.check(SystemCallNumber.IOCTL, path.toString(), result);
      return Optional.of(
          new FileIdentity(info.get(ValueLayout.JAVA_LONG, 0), info.get(ValueLayout.JAVA_LONG, 8)));
    }
  }

  private static LoopDevice create(Descriptor backing, Path file) throws LinuxException {
    try (Descriptor control = Descriptor.open(Path.of("/dev/loop-control"), Descriptor.O_RDWR)) {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        long number =
            SystemCall.call(
                SystemCallNumber.IOCTL, "/dev/loop-control", control.number(), LOOP_CTL_GET_FREE);
        Optional<LoopDevice> device = open(Path.of("/dev/loop" + number), Descriptor.O_RDWR);
        if (device.isPresent()) {
          if (device.get().configure(backing)) {
            return device.get();
          }
          device.get().close();
        }
      }
    }
    throw new LinuxException("ioctl", "a free loop device for " + file, Errno.EBUSY);
  }

  /** Whether it stands for the file now; not when somebody else was quicker. */
  private boolean configure(Descriptor backing) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment config = arena.allocate(CONFIG_BYTES, 8);
      config.set(ValueLayout.JAVA_INT, 0, backing.number());
      config.set(ValueLayout.JAVA_INT, FLAGS_AT, LO_FLAGS_AUTOCLEAR);
      long result =
          SystemCall.raw(
              SystemCallNumber.IOCTL, descriptor.number(), LOOP_CONFIGURE, config.address());
      if (result == -Errno.EBUSY) {
        return false;
      }
      SystemCall.check(SystemCallNumber.IOCTL, path.toString(), result);
      return true;
    }
  }

  /** Lets go of it; who has mounted it keeps it. */
  @Override
  public void close() {
    descriptor.close();
  }
}
