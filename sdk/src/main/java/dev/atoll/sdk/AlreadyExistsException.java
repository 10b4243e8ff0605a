package dev.atoll.sdk;

/** The name is taken. */
public final class AlreadyExistsException extends AtollException {
  private static final long serialVersionUID = 1L;

  AlreadyExistsException(String message, Throwable cause) {
    super(ErrorCode.ALREADY_EXISTS, message, cause);
  }

  AlreadyExistsException(String message) {
    super(ErrorCode.ALREADY_EXISTS, message);
  }
}
