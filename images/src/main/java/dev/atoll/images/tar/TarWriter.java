package dev.atoll.images.tar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes an archive entry by entry (POSIX.1-2017, ustar and pax interchange formats): the same
 * bytes for the same entries. What ustar's fields can't hold goes into extended headers. Files with
 * holes are written whole, since few readers take anything else. Not thread-safe.
 */
public final class TarWriter {
  private static final int NAME_BYTES = 100;
  private static final long MOST_OCTAL_7 = 07777777L;
  private static final long MOST_OCTAL_11 = 077777777777L;

  private final OutputStream stream;
  private long left;
  private int padding;

  /** Writes to a stream, which is not closed. */
  public TarWriter(OutputStream stream) {
    this.stream = stream;
  }

  /**
   * Begins an entry. As many bytes of content as it has must be {@linkplain #write written} before
   * the next one.
   */
  public void begin(TarEntry entry) throws IOException {
    complete();
    Map<String, byte[]> records = records(entry);
    if (!records.isEmpty()) {
      byte[] extension = extension(records);
      header('x', "PaxHeader", "", 0644, 0, 0, extension.length, 0);
      stream.write(extension);
      fill(extension.length);
    }
    boolean content = entry.type() == TarEntry.Type.FILE;
    long size = content ? entry.size() : 0;
    header(
        type(entry.type()),
        entry.name(),
        entry.linkName(),
        entry.mode(),
        entry.uid(),
        entry.gid(),
        size,
        entry.seconds());
    left = size;
    padding = padding(size);
  }

  /** Writes bytes of the current entry's content. */
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > left) {
      throw new IOException("an entry has more content than was announced");
    }
    stream.write(bytes, offset, length);
    left -= length;
  }

  /** Writes the end of the archive. */
  public void finish() throws IOException {
    complete();
    stream.write(new byte[2 * TarHeader.BLOCK]);
  }

  private void complete() throws IOException {
    if (left > 0) {
      throw new IOException("an entry has less content than was announced");
    }
    stream.write(new byte[padding]);
    padding = 0;
  }

  private void fill(long size) throws IOException {
    stream.write(new byte[padding(size)]);
  }

  private static int padding(long size) {
    return (int) (-size & (TarHeader.BLOCK - 1));
  }

  private static char type(TarEntry.Type type) {
    return switch (type) {
      case FILE -> '0';
      case HARD_LINK -> '1';
      case SYMLINK -> '2';
      case DIRECTORY -> '5';
      case FIFO -> '6';
      case DEVICE -> throw new IllegalArgumentException("device nodes are not written");
    };
  }

  private static Map<String, byte[]> records(TarEntry entry) {
    Map<String, byte[]> records = new LinkedHashMap<>();
    if (entry.name().length() > NAME_BYTES) {
      records.put("path", raw(entry.name()));
    }
    if (entry.linkName().length() > NAME_BYTES) {
      records.put("linkpath", raw(entry.linkName()));
    }
    if (entry.size() > MOST_OCTAL_11) {
      records.put("size", raw(Long.toString(entry.size())));
    }
    if (entry.uid() > MOST_OCTAL_7) {
      records.put("uid", raw(Integer.toString(entry.uid())));
    }
    if (entry.gid() > MOST_OCTAL_7) {
      records.put("gid", raw(Integer.toString(entry.gid())));
    }
    if (entry.nanoseconds() != 0 || entry.seconds() < 0 || entry.seconds() > MOST_OCTAL_11) {
      BigDecimal time =
          BigDecimal.valueOf(entry.seconds()).add(BigDecimal.valueOf(entry.nanoseconds(), 9));
      records.put("mtime", raw(time.stripTrailingZeros().toPlainString()));
    }
    new TreeMap<>(entry.attributes())
        .forEach((name, value) -> records.put(PaxRecords.XATTR + name, value));
    return records;
  }

  private static byte[] extension(Map<String, byte[]> records) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    records.forEach(
        (keyword, value) -> {
          // The length counts its own digits.
          int rest = keyword.length() + value.length + 3;
          int length = rest + Integer.toString(rest).length();
          length = rest + Integer.toString(length).length();
          bytes.writeBytes(raw(length + " " + keyword + "="));
          bytes.writeBytes(value);
          bytes.write('\n');
        });
    return bytes.toByteArray();
  }

  private void header(
      char type, String name, String link, int mode, int uid, int gid, long size, long seconds)
      throws IOException {
    byte[] block = new byte[TarHeader.BLOCK];
    text(block, 0, NAME_BYTES, name);
    octal(block, 100, 7, mode);
    octal(block, 108, 7, uid > MOST_OCTAL_7 ? 0 : uid);
    octal(block, 116, 7, gid > MOST_OCTAL_7 ? 0 : gid);
    octal(block, 124, 11, size > MOST_OCTAL_11 ? 0 : size);
    octal(block, 136, 11, seconds < 0 || seconds > MOST_OCTAL_11 ? 0 : seconds);
    block[156] = (byte) type;
    text(block, 157, NAME_BYTES, link);
    text(block, 257, 8, "ustar\00000");
    text(block, 148, 8, "        ");
    long sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(block, 148, 6, sum);
    block[154] = 0;
    block[155] = ' ';
    stream.write(block);
  }

  private static void text(byte[] block, int offset, int most, String text) {
    byte[] bytes = raw(text);
    System.arraycopy(bytes, 0, block, offset, Math.min(most, bytes.length));
  }

  private static void octal(byte[] block, int offset, int digits, long value) {
    String text = Long.toOctalString(value);
    text(block, offset, digits, "0".repeat(digits - text.length()) + text);
  }

  private static byte[] raw(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
