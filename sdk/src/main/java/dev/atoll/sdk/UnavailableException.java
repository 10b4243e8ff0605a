package dev.atoll.sdk;

/** The server could not be reached, or is starting or stopping; retries have been used up. */
public final class UnavailableException extends AtollException {
  private static final long serialVersionUID = 1L;

  UnavailableException(String message, Throwable cause) {
    super(ErrorCode.UNAVAILABLE, message, cause);
  }

  UnavailableException(String message) {
    super(ErrorCode.UNAVAILABLE, message);
  }
}
