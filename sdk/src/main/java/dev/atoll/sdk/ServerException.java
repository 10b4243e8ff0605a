package dev.atoll.sdk;

/** The server failed in a way it did not foresee. The work may have been done. */
public final class ServerException extends AtollException {
  private static final long serialVersionUID = 1L;

  ServerException(String message, Throwable cause) {
    super(ErrorCode.INTERNAL, message, cause);
  }

  ServerException(String message) {
    super(ErrorCode.INTERNAL, message);
  }
}
