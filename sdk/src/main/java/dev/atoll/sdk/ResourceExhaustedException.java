package dev.atoll.sdk;

/** A limit of the server or of a sandbox is reached; something must be freed first. */
public final class ResourceExhaustedException extends AtollException {
  private static final long serialVersionUID = 1L;

  ResourceExhaustedException(String message, Throwable cause) {
    super(ErrorCode.RESOURCE_EXHAUSTED, message, cause);
  }

  ResourceExhaustedException(String message) {
    super(ErrorCode.RESOURCE_EXHAUSTED, message);
  }
}
