package dev.atoll.errors;

/** What went wrong, in terms of what the caller can do about it. The set is closed. */
public enum ErrorCode {
  /** The request breaks a rule that the message names. Correct it; repeating it can't help. */
  INVALID_ARGUMENT(Retry.NEVER, false),
  /** The named object does not exist, or no longer does. Check the id or the name. */
  NOT_FOUND(Retry.NEVER, false),
  /** The name is taken. Choose another, or use the object that has it. */
  ALREADY_EXISTS(Retry.NEVER, false),
  /**
   * The object is in a state that forbids this (ended, in use, incomplete). Change the state first.
   */
  FAILED_PRECONDITION(Retry.NEVER, false),
  /** No valid credentials came with the call. Use the right token. */
  UNAUTHENTICATED(Retry.NEVER, false),
  /** The credentials are valid but do not open this object. */
  PERMISSION_DENIED(Retry.NEVER, false),
  /**
   * A limit of the host, the server or a sandbox is reached. Wait, or free something, then repeat.
   */
  RESOURCE_EXHAUSTED(Retry.LATER, false),
  /** This server does not offer what was asked. */
  UNIMPLEMENTED(Retry.NEVER, false),
  /**
   * The server is starting, stopping, or has lost a worker. Repeat at once; the work may have run.
   */
  UNAVAILABLE(Retry.NOW, true),
  /** The time that the caller gave ran out. The work may still be going on. */
  DEADLINE_EXCEEDED(Retry.NOW, true),
  /** The caller took the call back. The work may have run. */
  CANCELLED(Retry.NEVER, true),
  /** A defect of Atoll or of the host. Report it with the message; the work may have run. */
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
