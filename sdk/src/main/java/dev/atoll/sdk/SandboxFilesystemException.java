package dev.atoll.sdk;

/** A file operation in a sandbox failed, as {@code errno(3)} has it. */
public final class SandboxFilesystemException extends AtollException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  SandboxFilesystemException(ErrorCode code, int errno, String message) {
    super(code, message);
    this.errno = errno;
  }

  /** Linux's error number, such as 2 for ENOENT; 0 when the server gave none. */
  public int errno() {
    return errno;
  }
}
