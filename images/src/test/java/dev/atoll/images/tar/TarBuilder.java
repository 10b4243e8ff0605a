package dev.atoll.images.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes archives that no honest tool would. */
public final class TarBuilder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A regular file. */
  public TarBuilder file(String name, String content) {
    return entry('0', name, "", content.length(), content, 0644);
  }

  /** A folder. */
  public TarBuilder directory(String name) {
    return entry('5', name, "", 0, "", 0755);
  }

  /** A symbolic link. */
  public TarBuilder symlink(String name, String target) {
    return entry('2', name, target, 0, "", 0777);
  }

  /** A hard link. */
  public TarBuilder hardLink(String name, String target) {
    return entry('1', name, target, 0, "", 0644);
  }

  /** Any entry, with a size that may lie. */
  public TarBuilder entry(
      char type, String name, String link, long size, String content, int mode) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "%07o".formatted(mode));
    put(header, 108, "%07o".formatted(0));
    put(header, 116, "%07o".formatted(0));
    if (size < 0 || size >= 1L << 33) {
      header[124] = (byte) (size < 0 ? 0xff : 0x80);
      for (int i = 0; i < 8; i++) {
        header[128 + i] = (byte) (size >> (56 - 8 * i));
      }
      if (size < 0) {
        Arrays.fill(header, 124, 128, (byte) 0xff);
      }
    } else {
      put(header, 124, "%011o".formatted(size));
    }
    put(header, 136, "%011o".formatted(1_000_000_000));
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar\0" + "00");
    sum(header);
    out.writeBytes(header);
    return raw(content.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Extended records for the next entry; values are bytes in Latin-1. */
  public TarBuilder pax(String... keysAndValues) {
    StringBuilder records = new StringBuilder();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String rest = " " + keysAndValues[i] + "=" + keysAndValues[i + 1] + "\n";
      int length = rest.length();
      while (length != rest.length() + Integer.toString(length).length()) {
        length = rest.length() + Integer.toString(length).length();
      }
      records.append(length).append(rest);
    }
    return entry('x', "pax", "", records.length(), records.toString(), 0644);
  }

  /** Bytes, filled up to a whole block. */
  public TarBuilder raw(byte[] bytes) {
    out.writeBytes(bytes);
    out.writeBytes(new byte[-bytes.length & 511]);
    return this;
  }

  /** The archive with its end. */
  public byte[] bytes() {
    out.writeBytes(new byte[1024]);
    return out.toByteArray();
  }

  private static void put(byte[] header, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }

  private static void sum(byte[] header) {
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
  }
}
