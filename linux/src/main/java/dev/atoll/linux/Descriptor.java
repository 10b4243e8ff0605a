package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** An open file descriptor that belongs to this object. Thread-safe; closing twice is harmless. */
public final class Descriptor implements AutoCloseable {
  /** open(2): for reading. */
  public static final int O_RDONLY = 0;

  /** open(2): for reading and writing. */
  public static final int O_RDWR = 2;

  /** open(2): only a reference to the file, no access to its content. */
  public static final int O_PATH = 0x200000;

  private static final int AT_FDCWD = -100;
  private static final int O_CLOEXEC = 0x80000;

  private final AtomicInteger number;

  private Descriptor(int number) {
    this.number = new AtomicInteger(number);
  }

  /** Takes over the ownership of a descriptor that a system call has just returned. */
  static Descriptor own(long number) {
    return new Descriptor(Math.toIntExact(number));
  }

  /**
   * Opens a file, close-on-exec (openat(2)).
   *
   * @param flags {@link #O_RDONLY}, {@link #O_RDWR} or {@link #O_PATH}
   * @throws LinuxException when it can't be opened
   */
  public static Descriptor open(Path path, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      return own(
          SystemCall.call(
              SystemCallNumber.OPENAT,
              path.toString(),
              AT_FDCWD,
              SystemCall.string(arena, path.toString()),
              flags | O_CLOEXEC));
    }
  }

  /**
   * The descriptor's number, valid until {@link #close()}.
   *
   * @throws IllegalStateException after it was closed
   */
  public int number() {
    int value = number.get();
    if (value < 0) {
      throw new IllegalStateException("the descriptor is closed");
    }
    return value;
  }

  @Override
  public void close() {
    int value = number.getAndSet(-1);
    if (value >= 0) {
      SystemCall.raw(SystemCallNumber.CLOSE, value);
    }
  }
}
