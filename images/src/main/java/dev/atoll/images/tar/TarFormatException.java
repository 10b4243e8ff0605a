package dev.atoll.images.tar;

import java.io.IOException;

/** An archive that breaks the format, or uses a form of it that is not supported. */
public final class TarFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; the message names the entry and the rule. */
  public TarFormatException(String format, Object... arguments) {
    super(format.formatted(arguments));
  }
}
