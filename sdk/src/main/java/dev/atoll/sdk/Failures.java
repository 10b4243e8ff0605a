package dev.atoll.sdk;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Turns what the wire says into the exceptions that users see. */
final class Failures {
  private Failures() {}

  static AtollException of(Status status) {
    Throwable cause = new StatusRuntimeException(status);
    String message = describe(status);
    return switch (status.getCode()) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> new InvalidArgumentException(message, cause);
      case NOT_FOUND -> new NotFoundException(message, cause);
      case ALREADY_EXISTS -> new AlreadyExistsException(message, cause);
      case FAILED_PRECONDITION, ABORTED -> new FailedPreconditionException(message, cause);
      case UNAUTHENTICATED -> new AccessException(ErrorCode.UNAUTHENTICATED, message, cause);
      case PERMISSION_DENIED -> new AccessException(ErrorCode.PERMISSION_DENIED, message, cause);
      case RESOURCE_EXHAUSTED -> new ResourceExhaustedException(message, cause);
      case UNIMPLEMENTED -> new UnimplementedException(message, cause);
      case UNAVAILABLE -> new UnavailableException(message, cause);
      case DEADLINE_EXCEEDED -> new CallTimeoutException(message, cause);
      case CANCELLED ->
          Thread.currentThread().isInterrupted()
              ? new CallInterruptedException(message, cause)
              : new ClientClosedException(message, cause);
      case INTERNAL, UNKNOWN, DATA_LOSS, OK -> new ServerException(message, cause);
    };
  }

  private static String describe(Status status) {
    String description = status.getDescription();
    if (description == null || description.isEmpty()) {
      description = "The server answered " + status.getCode();
    }
    Throwable cause = status.getCause();
    if (cause != null && cause.getMessage() != null && !description.contains(cause.getMessage())) {
      description += ": " + cause.getMessage();
    }
    return description;
  }
}
