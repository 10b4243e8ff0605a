package dev.atoll.linux;

import java.io.IOException;

/** A system call that failed: which one, on what, and with which errno (errno(3)). */
public final class LinuxException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /** Creates an exception for a call such as {@code mount} on an object such as a path. */
  public LinuxException(String call, String object, int errno) {
    super(call + " " + object + ": " + Errno.describe(errno));
    this.errno = errno;
  }

  /** The errno, as in errno(3). */
  public int errno() {
    return errno;
  }
}
