package dev.atoll.sdk;

/**
 * The calling thread was interrupted while it waited for the server. Its interrupt flag is set
 * again; the work may have been done.
 */
public final class CallInterruptedException extends AtollException {
  private static final long serialVersionUID = 1L;

  CallInterruptedException(String message, Throwable cause) {
    super(ErrorCode.CANCELLED, message, cause);
  }
}
