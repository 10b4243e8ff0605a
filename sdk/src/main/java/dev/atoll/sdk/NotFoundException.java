package dev.atoll.sdk;

/** The named object does not exist, or no longer does. */
public final class NotFoundException extends AtollException {
  private static final long serialVersionUID = 1L;

  NotFoundException(String message, Throwable cause) {
    super(ErrorCode.NOT_FOUND, message, cause);
  }

  NotFoundException(String message) {
    super(ErrorCode.NOT_FOUND, message);
  }
}
