package dev.atoll.control.sandboxes;

import java.util.Arrays;

/**
 * Turns a main process's output into text, and says in a line of its own what was dropped of it.
 * Not thread-safe.
 */
final class OutputText {
  private static final int LONGEST_CHARACTER = 4;

  private Utf8Splitter splitter;
  private long next;
  private boolean withinLine;

  /** From an offset on. */
  OutputText(long offset) {
    splitter = new Utf8Splitter(offset);
    next = offset;
  }

  /** Takes bytes and returns the text that is complete. */
  String push(long offset, byte[] bytes) {
    String gap = "";
    byte[] whole = bytes;
    if (offset > next) {
      String cutOff = noted(splitter.finish());
      int tail = tailOfCharacter(bytes);
      whole = Arrays.copyOfRange(bytes, tail, bytes.length);
      splitter = new Utf8Splitter(offset + tail);
      gap =
          "%s%s[%d bytes of output were dropped]\n"
              .formatted(cutOff, withinLine ? "\n" : "", offset + tail - next);
      withinLine = false;
    }
    next = offset + bytes.length;
    return gap + noted(splitter.push(whole));
  }

  /** What is left when the stream has ended: a character that was cut off. */
  String finish() {
    return splitter.finish();
  }

  /** The offset after the text that was returned. */
  long end() {
    return splitter.end();
  }

  private String noted(String text) {
    if (!text.isEmpty()) {
      withinLine = !text.endsWith("\n");
    }
    return text;
  }

  /** How many bytes at the beginning belong to a character that began before (RFC 3629). */
  private static int tailOfCharacter(byte[] bytes) {
    int length = 0;
    while (length < Math.min(LONGEST_CHARACTER - 1, bytes.length)
        && (bytes[length] & 0xc0) == 0x80) {
      length++;
    }
    return length;
  }
}
