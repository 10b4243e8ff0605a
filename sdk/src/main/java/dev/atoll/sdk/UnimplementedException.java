package dev.atoll.sdk;

/** This server does not offer what was asked. */
public final class UnimplementedException extends AtollException {
  private static final long serialVersionUID = 1L;

  UnimplementedException(String message, Throwable cause) {
    super(ErrorCode.UNIMPLEMENTED, message, cause);
  }

  UnimplementedException(String message) {
    super(ErrorCode.UNIMPLEMENTED, message);
  }
}
