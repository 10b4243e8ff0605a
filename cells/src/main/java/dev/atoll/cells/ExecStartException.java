package dev.atoll.cells;

/** A process could not be started: the step that failed and its errno say whose mistake it is. */
public final class ExecStartException extends CellException {
  private static final long serialVersionUID = 1L;

  private final String step;
  private final int errno;

  /** Creates an exception for a step of the guest agent's protocol and an errno (errno(3)). */
  public ExecStartException(String step, int errno, String message) {
    super(message);
    this.step = step;
    this.errno = errno;
  }

  /**
   * {@code pipe}, {@code pty}, {@code fork}, {@code cwd}, {@code identity}, {@code seccomp} or
   * {@code exec}.
   */
  public String step() {
    return step;
  }

  /** The errno, as in errno(3). */
  public int errno() {
    return errno;
  }
}
