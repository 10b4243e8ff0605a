package dev.atoll.images.tar;

import java.nio.charset.StandardCharsets;

/** The fields of a 512-byte header block (POSIX.1-2017, ustar interchange format). */
record TarHeader(byte[] block) {
  static final int BLOCK = 512;

  boolean isZero() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** The sum of all bytes, the field of the sum itself counted as blanks. */
  void checkSum() throws TarFormatException {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      byte b = i >= 148 && i < 156 ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    long expected = number(148, 8, "checksum");
    if (expected != unsigned && expected != signed) {
      throw new TarFormatException("this is no tar archive, or it is damaged: wrong checksum");
    }
  }

  char type() {
    return (char) (block[156] & 0xff);
  }

  String name() {
    String prefix = isPosix() ? text(345, 155) : "";
    return prefix.isEmpty() ? text(0, 100) : prefix + "/" + text(0, 100);
  }

  String linkName() {
    return text(157, 100);
  }

  /** GNU archives use the prefix's place for other things. */
  private boolean isPosix() {
    return text(257, 6).equals("ustar") && block[262] == 0;
  }

  String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return new String(block, offset, end - offset, StandardCharsets.ISO_8859_1);
  }

  /** An octal number, or GNU's binary form for what doesn't fit. */
  long number(int offset, int length, String field) throws TarFormatException {
    return number(block, offset, length, field);
  }

  static long number(byte[] block, int offset, int length, String field) throws TarFormatException {
    if ((block[offset] & 0x80) != 0) {
      return binary(block, offset, length, field);
    }
    long value = 0;
    boolean digits = false;
    for (int i = offset; i < offset + length; i++) {
      byte b = block[i];
      if (b >= '0' && b <= '7') {
        value = value << 3 | (b - '0');
        digits = true;
      } else if (b == 0 || (b == ' ' && digits)) {
        break;
      } else if (b != ' ') {
        throw new TarFormatException("the field '%s' holds no octal number", field);
      }
    }
    return value;
  }

  private static long binary(byte[] block, int offset, int length, String field)
      throws TarFormatException {
    boolean negative = (block[offset] & 0x40) != 0;
    long value = negative ? -1 : 0;
    for (int i = offset; i < offset + length; i++) {
      int b = i == offset ? (negative ? block[i] | 0x80 : block[i] & 0x3f) : block[i];
      if (value >> 55 != (negative ? -1 : 0)) {
        throw new TarFormatException("the field '%s' holds a number beyond 64 bits", field);
      }
      value = value << 8 | (b & 0xff);
    }
    return value;
  }
}
