package dev.atoll.guest;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The filesystem tool as it is shipped. */
class FilesystemToolTest extends WatchContract {
  @TempDir static Path programs;

  @Override
  Path tool() throws IOException {
    Path tool = programs.resolve("tool");
    GuestPrograms.FILESYSTEM_TOOL.writeTo(tool);
    return tool;
  }
}
