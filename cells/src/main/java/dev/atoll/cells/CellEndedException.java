package dev.atoll.cells;

/** A cell has ended, or is about to: {@link Cell#ended()} completes soon, if it hasn't yet. */
public final class CellEndedException extends CellException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message. */
  public CellEndedException(String message) {
    super(message);
  }
}
