package dev.atoll.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;

/**
 * The time of day as one server sees it, which a test may shift while the machine's stays; clocks
 * that only count go on. It is a library that is loaded before the C library, ld.so(8).
 */
record ShiftedClock(Path library, Path file) {
  private static final Path SOURCE = Path.of("src/test/c/shifted_clock.c");

  /** Makes one in a folder, not shifted yet. */
  static ShiftedClock in(Path folder) throws IOException, InterruptedException {
    Path library = folder.resolve("shifted_clock.so");
    TinyRoot.run(
        "gcc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library.toString(), SOURCE.toString());
    ShiftedClock clock = new ShiftedClock(library, folder.resolve("shift"));
    clock.shift(Duration.ZERO);
    return clock;
  }

  /** What the server's environment needs. */
  Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "SHIFTED_CLOCK", file.toString());
  }

  /** The server's time of day jumps: from now on it is the machine's, and so much more. */
  void shift(Duration shift) throws IOException {
    ByteBuffer seconds =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .putLong(0, shift.toSeconds());
    // Not truncated: the server has it mapped.
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(seconds, 0);
    }
  }
}
