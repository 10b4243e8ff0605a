package dev.atoll.worker.calls;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.linux.Errno;
import dev.atoll.linux.LinuxException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Optional;

/** Recognises that a host's failure is its full disk, about which a user can do something. */
public final class DiskFull {
  private DiskFull() {}

  /** What to tell the user; empty when the failure is another one. */
  public static Optional<AtollException> explain(IOException failure) {
    return isDiskFull(failure)
        ? Optional.of(
            new AtollException(
                ErrorCode.RESOURCE_EXHAUSTED,
                "the server's disk is full: remove images or end sandboxes, then ask again",
                failure))
        : Optional.empty();
  }

  private static boolean isDiskFull(Throwable failure) {
    boolean full =
        switch (failure) {
          case LinuxException call -> call.errno() == Errno.ENOSPC || call.errno() == Errno.EDQUOT;
          case FileSystemException file ->
              String.valueOf(file.getReason()).startsWith("No space left");
          default -> String.valueOf(failure.getMessage()).startsWith("No space left");
        };
    return full || (failure.getCause() != null && isDiskFull(failure.getCause()));
  }
}
