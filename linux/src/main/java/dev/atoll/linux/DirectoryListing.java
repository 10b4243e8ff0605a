package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Reads a folder's names (getdents(2)). */
final class DirectoryListing {
  private static final int BUFFER_BYTES = 32_768;
  private static final int LENGTH_OFFSET = 16;
  private static final int NAME_OFFSET = 19;

  private DirectoryListing() {}

  static List<String> read(DirectoryDescriptor folder) throws LinuxException {
    List<String> names = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
      folder.call(SystemCallNumber.LSEEK, "a folder", 0, 0);
      long length;
      do {
        length =
            folder.call(SystemCallNumber.GETDENTS64, "a folder", buffer.address(), BUFFER_BYTES);
        for (long at = 0; at < length; ) {
          String name = SystemCall.readRawString(buffer, at + NAME_OFFSET);
          if (!name.equals(".") && !name.equals("..")) {
            names.add(name);
          }
          at +=
              Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + LENGTH_OFFSET));
        }
      } while (length > 0);
    }
    return names;
  }
}
