package dev.atoll.cells.agent;

import java.io.IOException;

/** A guest agent broke a rule of the protocol: its cell can't be trusted any further. */
public final class ProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception that names the frame and the rule. */
  public ProtocolException(String message) {
    super(message);
  }
}
