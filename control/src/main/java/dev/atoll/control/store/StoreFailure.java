package dev.atoll.control.store;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.sql.SQLException;
import java.util.Optional;

/** Says in words what a user can do about a store that takes nothing (sqlite.org/rescode.html). */
final class StoreFailure {
  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_FULL = 13;

  private StoreFailure() {}

  /** What to tell the caller; empty when the store isn't to blame, or nobody can help. */
  static Optional<AtollException> explain(RuntimeException failure) {
    return switch (sqliteCode(failure)) {
      case SQLITE_BUSY ->
          Optional.of(
              new AtollException(
                  ErrorCode.UNAVAILABLE,
                  "another process has locked the store in the server's data folder, and nothing"
                      + " was changed: end that process (fuser and lsof name it), then try again",
                  failure));
      case SQLITE_FULL ->
          Optional.of(
              new AtollException(
                  ErrorCode.RESOURCE_EXHAUSTED,
                  "the disk of the server's data folder is full, and nothing was changed: free"
                      + " space there, then try again",
                  failure));
      default -> Optional.empty();
    };
  }

  /** Whether it is over when a lock is gone, or there is room again. */
  static boolean passes(AtollException failure) {
    int code = sqliteCode(failure);
    return code == SQLITE_BUSY || code == SQLITE_FULL;
  }

  private static int sqliteCode(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException fromStore) {
        // The driver gives the primary code, without what extends it.
        return fromStore.getErrorCode() & 0xff;
      }
    }
    return 0;
  }
}
