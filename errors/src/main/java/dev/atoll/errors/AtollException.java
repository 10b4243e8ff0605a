package dev.atoll.errors;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure that the caller was promised might happen. Its message is written for the person who
 * made the request: it names the field or the object, the value, and the rule or the next step. It
 * holds no secret.
 */
public final class AtollException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final @Nullable Duration retryAfter;

  /** Creates an exception with the given code and message. */
  public AtollException(ErrorCode code, String message) {
    super(message);
    this.code = code;
    this.retryAfter = null;
  }

  /** Creates an exception with the given code, message and cause. */
  public AtollException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.retryAfter = null;
  }

  private AtollException(String message, Duration retryAfter) {
    super(message);
    this.code = ErrorCode.RESOURCE_EXHAUSTED;
    this.retryAfter = retryAfter;
  }

  /** A {@link ErrorCode#RESOURCE_EXHAUSTED} that may be over after some time. */
  public static AtollException exhausted(String message, Duration retryAfter) {
    return new AtollException(message, retryAfter);
  }

  /** What went wrong, in terms of what the caller can do about it. */
  public ErrorCode code() {
    return code;
  }

  /** After which time the caller should try again; empty when nothing is known of that. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** An {@link ErrorCode#INVALID_ARGUMENT} with a formatted message. */
  public static AtollException invalid(String format, Object... arguments) {
    return new AtollException(ErrorCode.INVALID_ARGUMENT, format.formatted(arguments));
  }

  /** A {@link ErrorCode#NOT_FOUND} with a formatted message. */
  public static AtollException notFound(String format, Object... arguments) {
    return new AtollException(ErrorCode.NOT_FOUND, format.formatted(arguments));
  }
}
