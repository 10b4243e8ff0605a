package dev.atoll.sdk;

/**
 * Anything that can go wrong in a call. The message is written for a person and holds no secret;
 * the {@linkplain #code() code} says what a program can do about it.
 */
public abstract sealed class AtollException extends RuntimeException
    permits AccessException,
        AlreadyExistsException,
        BuildFailedException,
        CallInterruptedException,
        CallTimeoutException,
        ClientClosedException,
        FailedPreconditionException,
        InvalidArgumentException,
        NotFoundException,
        ResourceExhaustedException,
        SandboxFilesystemException,
        ServerException,
        UnavailableException,
        UnimplementedException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  AtollException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  AtollException(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  /** What went wrong, in terms of what the caller can do about it. */
  public final ErrorCode code() {
    return code;
  }
}
