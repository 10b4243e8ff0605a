package dev.atoll.bench.soak;

/** Something that must not happen has happened; the message says what, and to which sandbox. */
final class Violation extends Exception {
  private static final long serialVersionUID = 1L;

  Violation(String message) {
    super(message);
  }

  Violation(String message, Throwable cause) {
    super(message + ": " + cause, cause);
  }
}
