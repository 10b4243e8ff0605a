package dev.atoll.images.oci;

import java.io.IOException;

/** A blob that ended early or stopped coming; asking for it again may help. */
public final class TransferException extends IOException {
  /** How often a blob is asked for. */
  public static final int ATTEMPTS = 3;

  private static final long serialVersionUID = 1L;

  /** Creates an exception; the message says what happened. */
  public TransferException(String message) {
    super(message);
  }

  /** Creates an exception with its cause. */
  public TransferException(String message, Throwable cause) {
    super(message, cause);
  }
}
