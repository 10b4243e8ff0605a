package dev.atoll.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;

/** A nameless file in memory (memfd_create(2)), for native code that wants a descriptor. */
public final class MemoryFile implements AutoCloseable {
  private static final long MFD_CLOEXEC = 1;

  private final Descriptor file;

  private MemoryFile(Descriptor file) {
    this.file = file;
  }

  /** Makes an empty file; the name is only for /proc. */
  public static MemoryFile create(String name) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      return new MemoryFile(
          Descriptor.own(
              SystemCall.call(
                  SystemCallNumber.MEMFD_CREATE,
                  name,
                  SystemCall.string(arena, name),
                  MFD_CLOEXEC)));
    }
  }

  /** The descriptor's number, valid until {@link #close()}. */
  public int descriptor() {
    return file.number();
  }

  /** Everything that was written to it. */
  public byte[] readAll() throws IOException {
    return Files.readAllBytes(Path.of("/proc/self/fd/" + descriptor()));
  }

  @Override
  public void close() {
    file.close();
  }
}
