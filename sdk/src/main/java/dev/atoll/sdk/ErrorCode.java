package dev.atoll.sdk;

/**
 * What went wrong, in terms of what the caller can do about it. The set is closed and follows <a
 * href="https://grpc.io/docs/guides/status-codes/">gRPC's status codes</a>.
 */
public enum ErrorCode {
  /** The request breaks a rule that the message names. */
  INVALID_ARGUMENT(Retry.NEVER, false),
  /** The named object does not exist, or no longer does. */
  NOT_FOUND(Retry.NEVER, false),
  /** The name is taken. */
  ALREADY_EXISTS(Retry.NEVER, false),
  /** The object is in a state that forbids this. */
  FAILED_PRECONDITION(Retry.NEVER, false),
  /** No valid credentials came with the call. */
  UNAUTHENTICATED(Retry.NEVER, false),
  /** The credentials are valid but do not open this object. */
  PERMISSION_DENIED(Retry.NEVER, false),
  /** A limit is reached. */
  RESOURCE_EXHAUSTED(Retry.LATER, false),
  /** This server does not offer what was asked. */
  UNIMPLEMENTED(Retry.NEVER, false),
  /** The server could not be reached. The client has retried already. */
  UNAVAILABLE(Retry.NOW, true),
  /** The time given for the call ran out. */
  DEADLINE_EXCEEDED(Retry.NOW, true),
  /** The caller took the call back: by closing the client or by an interrupt. */
  CANCELLED(Retry.NEVER, true),
  /** A defect of the server. */
  INTERNAL(Retry.NEVER, true);

  /** Whether the same request, unchanged, may succeed when it is repeated. */
  public enum Retry {
    /** Repeating can't help. */
    NEVER,
    /** Repeating can help once something was freed. */
    LATER,
    /** Repeating at once can help. */
    NOW
  }

  private final Retry retry;
  private final boolean mayHaveRun;

  ErrorCode(Retry retry, boolean mayHaveRun) {
    this.retry = retry;
    this.mayHaveRun = mayHaveRun;
  }

  /** Whether repeating the unchanged request can help. */
  public Retry retry() {
    return retry;
  }

  /** Whether the work that was asked for may have been done, wholly or in part. */
  public boolean mayHaveRun() {
    return mayHaveRun;
  }
}
