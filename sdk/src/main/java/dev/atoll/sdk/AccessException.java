package dev.atoll.sdk;

/**
 * The credentials are missing or wrong ({@link ErrorCode#UNAUTHENTICATED}), or they are right but
 * do not open this object ({@link ErrorCode#PERMISSION_DENIED}).
 */
public final class AccessException extends AtollException {
  private static final long serialVersionUID = 1L;

  AccessException(ErrorCode code, String message, Throwable cause) {
    super(code, message, cause);
  }

  AccessException(String message) {
    super(ErrorCode.UNAUTHENTICATED, message);
  }
}
