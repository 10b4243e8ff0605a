package dev.atoll.cells.agent;

import dev.atoll.errors.AtollException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Builds a payload of tagged fields. */
final class Fields {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

  Fields add(int tag, byte[] value) {
    bytes.writeBytes(
        little(8).putShort((short) tag).putShort((short) 0).putInt(value.length).array());
    bytes.writeBytes(value);
    return this;
  }

  Fields addInt(int tag, int value) {
    return add(tag, little(4).putInt(value).array());
  }

  Fields addLong(int tag, long value) {
    return add(tag, little(8).putLong(value).array());
  }

  Fields addText(int tag, String value) {
    return add(tag, text(value));
  }

  /** Each text followed by a NUL. */
  Fields addTexts(int tag, List<String> values) {
    return addRawTexts(tag, values, List.of());
  }

  /** Texts, then raw names, each followed by a NUL. */
  Fields addRawTexts(int tag, List<String> values, List<String> raw) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (String value : values) {
      joined.writeBytes(text(value));
      joined.write(0);
    }
    for (String name : raw) {
      joined.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
      joined.write(0);
    }
    return add(tag, joined.toByteArray());
  }

  /** A number, a text with its NUL, and a second text without. */
  Fields addEntry(int tag, int number, String first, String second) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(little(4).putInt(number).array());
    joined.writeBytes(text(first));
    joined.write(0);
    joined.writeBytes(second.getBytes(StandardCharsets.UTF_8));
    return add(tag, joined.toByteArray());
  }

  byte[] build() {
    return bytes.toByteArray();
  }

  static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] text(String value) {
    if (value.indexOf('\0') >= 0) {
      throw AtollException.invalid("a command, environment, path or name holds a NUL byte");
    }
    return value.getBytes(StandardCharsets.UTF_8);
  }
}
