package dev.atoll.worker.build;

/** A step's process did not succeed. */
final class StepFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  StepFailedException(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  /** As a shell sees it: 128 and the signal for a signal. */
  int exitCode() {
    return exitCode;
  }
}
