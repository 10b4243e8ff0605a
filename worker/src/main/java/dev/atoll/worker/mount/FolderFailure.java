package dev.atoll.worker.mount;

import dev.atoll.cells.RefusedException;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.linux.Errno;

/** Says in a user's words why the guest agent could not find a folder, or mount something on it. */
final class FolderFailure {
  private FolderFailure() {}

  /**
   * What to tell the user; never with a code that clients retry, since the agent would refuse
   * again.
   */
  static AtollException explain(RefusedException failure, String path) {
    String shown = FolderPaths.shown(path);
    return switch (failure.step()) {
      case "reserved" -> FolderPaths.reserved(path);
      case "target" -> target(failure, shown);
      case "replaced", "unmount" ->
          failure.errno() == Errno.EBUSY
              ? failed(failure, "another image is mounted below it; unmount that one first", shown)
              : failed(failure, "it was changed by somebody else meanwhile; ask again", shown);
      default -> unexpected(failure, shown);
    };
  }

  private static AtollException target(RefusedException failure, String shown) {
    return switch (failure.errno()) {
      case Errno.ENOENT ->
          new AtollException(
              ErrorCode.NOT_FOUND,
              "path '%s': no such folder in the sandbox".formatted(shown),
              failure);
      case Errno.ENOTDIR, Errno.EEXIST -> invalid(failure, "not a folder", shown);
      case Errno.ELOOP -> invalid(failure, "too many symbolic links", shown);
      case Errno.ENAMETOOLONG -> invalid(failure, "the name is too long", shown);
      case Errno.EROFS, Errno.EACCES, Errno.EPERM ->
          failed(failure, "no folder can be made there", shown);
      case Errno.ENOSPC, Errno.EDQUOT ->
          new AtollException(
              ErrorCode.RESOURCE_EXHAUSTED,
              "path '%s': no folder can be made there, the disk is full".formatted(shown),
              failure);
      default -> unexpected(failure, shown);
    };
  }

  private static AtollException invalid(RefusedException failure, String why, String shown) {
    return new AtollException(
        ErrorCode.INVALID_ARGUMENT, "path '%s': %s".formatted(shown, why), failure);
  }

  private static AtollException failed(RefusedException failure, String why, String shown) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION, "path '%s': %s".formatted(shown, why), failure);
  }

  private static AtollException unexpected(RefusedException failure, String shown) {
    return failed(
        failure,
        "it can't be used (%s: %s)".formatted(failure.step(), Errno.describe(failure.errno())),
        shown);
  }
}
