package dev.atoll.sdk;

/**
 * A request breaks a rule; the message names the field, the value and the rule. Repeating it
 * unchanged can't help.
 */
public final class InvalidArgumentException extends AtollException {
  private static final long serialVersionUID = 1L;

  InvalidArgumentException(String message, Throwable cause) {
    super(ErrorCode.INVALID_ARGUMENT, message, cause);
  }

  InvalidArgumentException(String message) {
    super(ErrorCode.INVALID_ARGUMENT, message);
  }
}
