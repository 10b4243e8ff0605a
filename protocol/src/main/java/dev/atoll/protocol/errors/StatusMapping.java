package dev.atoll.protocol.errors;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Between Atoll's error codes and gRPC's status codes (gRPC core, statuscodes.md).
 *
 * <p>Official clients repeat a call that ended with CANCELLED, UNKNOWN, INTERNAL, UNAVAILABLE or
 * DEADLINE_EXCEEDED, so none of these stands for a mistake of the caller.
 */
public final class StatusMapping {
  /** gRPC over HTTP/2 sends the message percent-encoded in a header; peers accept 8 KiB of them. */
  private static final int MAXIMUM_ENCODED_MESSAGE = 6 * 1024;

  /** After which time a client may call again: gRPC proposal A6, "Pushback". */
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private StatusMapping() {}

  /**
   * The status that tells a caller about a failure. An {@link AtollException} keeps its message;
   * what is already a status stays as it is; anything else is a defect, whose message stays in the
   * log of the process where it happened.
   */
  public static Status toStatus(Throwable failure) {
    Throwable cause = unwrap(failure);
    return switch (cause) {
      case AtollException expected ->
          toStatus(expected.code()).withDescription(bounded(expected)).withCause(expected);
      case StatusRuntimeException status -> status.getStatus();
      case StatusException status -> status.getStatus();
      case CancellationException cancelled ->
          Status.CANCELLED.withDescription("the call was cancelled").withCause(cancelled);
      case InterruptedException interrupted ->
          Status.UNAVAILABLE.withDescription("the server is stopping").withCause(interrupted);
      default ->
          Status.INTERNAL
              .withDescription(
                  "unexpected %s in the server; its log has the details"
                      .formatted(cause.getClass().getSimpleName()))
              .withCause(cause);
    };
  }

  /** {@link #toStatus(Throwable)} as an exception, for {@code StreamObserver.onError}. */
  public static StatusRuntimeException toException(Throwable failure) {
    return toStatus(failure).asRuntimeException(toTrailers(failure));
  }

  /** What a caller is told beside the status: after which time to call again, if that is known. */
  public static Metadata toTrailers(Throwable failure) {
    Metadata trailers = new Metadata();
    if (unwrap(failure) instanceof AtollException expected) {
      expected
          .retryAfter()
          .ifPresent(time -> trailers.put(PUSHBACK, Long.toString(time.toMillis())));
    }
    return trailers;
  }

  /** Whether a failure is a defect, which its process must log: nobody was promised it. */
  public static boolean isDefect(Throwable failure) {
    Status.Code code = toStatus(failure).getCode();
    return code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN;
  }

  /** What a failed call of a stub means. An {@link AtollException} is returned as it is. */
  public static AtollException fromStatus(Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof AtollException expected) {
      return expected;
    }
    Status status = toStatus(cause);
    String message =
        Optional.ofNullable(status.getDescription())
            .orElseGet(() -> "the call ended with " + status.getCode());
    return new AtollException(fromCode(status.getCode()), message, cause);
  }

  /** The error code that a status code stands for. */
  public static ErrorCode fromCode(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> ErrorCode.INVALID_ARGUMENT;
      case NOT_FOUND -> ErrorCode.NOT_FOUND;
      case ALREADY_EXISTS -> ErrorCode.ALREADY_EXISTS;
      case FAILED_PRECONDITION, ABORTED -> ErrorCode.FAILED_PRECONDITION;
      case UNAUTHENTICATED -> ErrorCode.UNAUTHENTICATED;
      case PERMISSION_DENIED -> ErrorCode.PERMISSION_DENIED;
      case RESOURCE_EXHAUSTED -> ErrorCode.RESOURCE_EXHAUSTED;
      case UNIMPLEMENTED -> ErrorCode.UNIMPLEMENTED;
      case UNAVAILABLE -> ErrorCode.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> ErrorCode.DEADLINE_EXCEEDED;
      case CANCELLED -> ErrorCode.CANCELLED;
      case OK, UNKNOWN, INTERNAL, DATA_LOSS -> ErrorCode.INTERNAL;
    };
  }

  private static Status toStatus(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT -> Status.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.NOT_FOUND;
      case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
      case FAILED_PRECONDITION -> Status.FAILED_PRECONDITION;
      case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
      case PERMISSION_DENIED -> Status.PERMISSION_DENIED;
      case RESOURCE_EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
      case UNIMPLEMENTED -> Status.UNIMPLEMENTED;
      case UNAVAILABLE -> Status.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Status.DEADLINE_EXCEEDED;
      case CANCELLED -> Status.CANCELLED;
      case INTERNAL -> Status.INTERNAL;
    };
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException || cause instanceof ExecutionException) {
      Throwable inner = cause.getCause();
      if (inner == null) {
        return cause;
      }
      cause = inner;
    }
    return cause;
  }

  private static String bounded(AtollException failure) {
    String message = Optional.ofNullable(failure.getMessage()).orElse("");
    int encoded = 0;
    int end = 0;
    while (end < message.length()) {
      int character = message.codePointAt(end);
      encoded += encodedLength(character);
      if (encoded > MAXIMUM_ENCODED_MESSAGE) {
        return message.substring(0, end) + "…";
      }
      end += Character.charCount(character);
    }
    return message;
  }

  private static int encodedLength(int character) {
    if (character >= 0x20 && character < 0x7f && character != '%') {
      return 1;
    }
    int bytes = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    return 3 * bytes;
  }
}
