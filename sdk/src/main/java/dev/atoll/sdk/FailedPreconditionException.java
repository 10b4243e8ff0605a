package dev.atoll.sdk;

/** The object is in a state that forbids this: ended, in use, incomplete. */
public final class FailedPreconditionException extends AtollException {
  private static final long serialVersionUID = 1L;

  FailedPreconditionException(String message, Throwable cause) {
    super(ErrorCode.FAILED_PRECONDITION, message, cause);
  }

  FailedPreconditionException(String message) {
    super(ErrorCode.FAILED_PRECONDITION, message);
  }
}
