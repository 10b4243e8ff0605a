package dev.atoll.guest;

import java.nio.file.Path;

/** The filesystem tool under the address and undefined behaviour sanitizers. */
class SanitizedFilesystemToolTest extends WatchContract {
  @Override
  Path tool() {
    return Path.of("target/filesystem-tool-test/modal-sandbox-fs-tools").toAbsolutePath();
  }
}
