package dev.atoll.guest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds a fields payload. */
final class Fields {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Fields add(int tag, byte[] value) {
    ByteBuffer head =
        Frame.buffer(8).putShort((short) tag).putShort((short) 0).putInt(value.length);
    bytes.writeBytes(head.array());
    bytes.writeBytes(value);
    return this;
  }

  Fields text(int tag, String value) {
    return add(tag, value.getBytes(StandardCharsets.UTF_8));
  }

  Fields number(int tag, long value) {
    return add(tag, Frame.buffer(8).putLong(value).array());
  }

  Fields word(int tag, int value) {
    return add(tag, Frame.buffer(4).putInt(value).array());
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  static byte[] texts(String... texts) {
    return (String.join("\0", texts) + "\0").getBytes(StandardCharsets.UTF_8);
  }

  /** A FILE or MOUNT of CLAIM. */
  static byte[] pair(int number, String first, String second) {
    byte[] rest = (first + "\0" + second).getBytes(StandardCharsets.UTF_8);
    return Frame.buffer(4 + rest.length).putInt(number).put(rest).array();
  }
}
