package dev.atoll.worker.calls;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.linux.Errno;
import dev.atoll.linux.LinuxException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Optional;

/**
 * Recognises that a failure is a full disk, or a used up share, which a user can do something
 * about.
 */
public final class DiskFull {
  private DiskFull() {}

  /** What to tell the user; empty when the failure is another one. */
  public static Optional<AtollException> explain(IOException failure) {
    if (isShareUsedUp(failure)) {
      return Optional.of(
          new AtollException(
              ErrorCode.RESOURCE_EXHAUSTED,
              "the sandbox has written as much as it may: delete files in it, or create it with a"
                  + " higher limit (ephemeral_disk_mb)",
              failure));
    }
    return isDiskFull(failure)
        ? Optional.of(
            new AtollException(
                ErrorCode.RESOURCE_EXHAUSTED,
                "the server's disk is full: remove images or end sandboxes, then ask again",
                failure))
        : Optional.empty();
  }

  private static boolean isShareUsedUp(Throwable failure) {
    return (failure instanceof LinuxException call && call.errno() == Errno.EDQUOT)
        || (failure.getCause() != null && isShareUsedUp(failure.getCause()));
  }

  private static boolean isDiskFull(Throwable failure) {
    boolean full =
        switch (failure) {
          case LinuxException call -> call.errno() == Errno.ENOSPC;
          case FileSystemException file ->
              String.valueOf(file.getReason()).startsWith("No space left");
          default -> String.valueOf(failure.getMessage()).startsWith("No space left");
        };
    return full || (failure.getCause() != null && isDiskFull(failure.getCause()));
  }
}
