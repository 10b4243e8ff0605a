package dev.atoll.cells;

import java.io.IOException;

/** A cell, or this host's part of it, failed. The message is for the operator. */
public class CellException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message. */
  public CellException(String message) {
    super(message);
  }

  /** Creates an exception with a message and a cause. */
  public CellException(String message, Throwable cause) {
    super(message, cause);
  }
}
