package dev.atoll.linux;

import java.nio.charset.StandardCharsets;

/**
 * Names of files as bytes. To Linux a name is any bytes but NUL and the slash; a raw name holds one
 * byte in each character, so that every name survives, whatever its encoding.
 */
public final class RawNames {
  private RawNames() {}

  /** The raw form of a text, in UTF-8. */
  public static String of(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** What a person reads: bytes that are not UTF-8 become replacement characters. */
  public static String text(String raw) {
    return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
