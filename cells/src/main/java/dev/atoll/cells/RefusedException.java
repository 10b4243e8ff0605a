package dev.atoll.cells;

/** What was asked of a cell can't be done: the step that failed and its errno say why. */
public final class RefusedException extends CellException {
  private static final long serialVersionUID = 1L;

  private final String step;
  private final int errno;

  /** Creates an exception for a step of the guest agent's protocol and an errno (errno(3)). */
  public RefusedException(String step, int errno, String message) {
    super(message);
    this.step = step;
    this.errno = errno;
  }

  /** Such as {@code source}, {@code target}, {@code reserved}, {@code replaced}, {@code mount}. */
  public String step() {
    return step;
  }

  /** The errno, as in errno(3). */
  public int errno() {
    return errno;
  }
}
