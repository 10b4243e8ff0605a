package dev.atoll.sdk;

/** The time given for a call ran out. The work may still be going on. */
public final class CallTimeoutException extends AtollException {
  private static final long serialVersionUID = 1L;

  CallTimeoutException(String message, Throwable cause) {
    super(ErrorCode.DEADLINE_EXCEEDED, message, cause);
  }

  CallTimeoutException(String message) {
    super(ErrorCode.DEADLINE_EXCEEDED, message);
  }
}
