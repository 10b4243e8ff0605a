package dev.atoll.control.sandboxes;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Turns a stream of bytes into text in pieces that end at UTF-8's character boundaries (RFC 3629).
 * Bytes that are no UTF-8 become U+FFFD. Not thread-safe.
 */
final class Utf8Splitter {
  private byte[] pending = new byte[0];
  private long end;

  /** Creates it for a stream that begins at an offset. */
  Utf8Splitter(long offset) {
    end = offset;
  }

  /** Takes bytes and returns the text that is complete. */
  String push(byte[] bytes) {
    byte[] all = Arrays.copyOf(pending, pending.length + bytes.length);
    System.arraycopy(bytes, 0, all, pending.length, bytes.length);
    int complete = all.length - incompleteTail(all);
    pending = Arrays.copyOfRange(all, complete, all.length);
    end += complete;
    return new String(all, 0, complete, StandardCharsets.UTF_8);
  }

  /** What is left when the stream has ended: a character that was cut off. */
  String finish() {
    String rest = new String(pending, StandardCharsets.UTF_8);
    end += pending.length;
    pending = new byte[0];
    return rest;
  }

  /** The offset after the text that was returned. */
  long end() {
    return end;
  }

  private static int incompleteTail(byte[] bytes) {
    for (int length = 1; length <= Math.min(3, bytes.length); length++) {
      int first = bytes[bytes.length - length] & 0xff;
      if (first < 0x80) {
        return 0;
      }
      if (first >= 0xc0) {
        int needed = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        return first < 0xf8 && length < needed ? length : 0;
      }
    }
    return 0;
  }
}
