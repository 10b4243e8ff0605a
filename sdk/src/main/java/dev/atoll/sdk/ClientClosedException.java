package dev.atoll.sdk;

/** The client, or the handle of a sandbox, was closed or detached before or during the call. */
public final class ClientClosedException extends AtollException {
  private static final long serialVersionUID = 1L;

  ClientClosedException(String message, Throwable cause) {
    super(ErrorCode.CANCELLED, message, cause);
  }

  ClientClosedException(String message) {
    super(ErrorCode.CANCELLED, message);
  }
}
