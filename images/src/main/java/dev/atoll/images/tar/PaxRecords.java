package dev.atoll.images.tar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The records of extended headers (POSIX.1-2017, pax extended header). Values stay bytes.
 *
 * @param values the last value of each keyword; an empty one takes an earlier one back
 */
record PaxRecords(Map<String, byte[]> values) {
  static final String XATTR = "SCHILY.xattr.";

  static PaxRecords none() {
    return new PaxRecords(Map.of());
  }

  static PaxRecords parse(byte[] data) throws TarFormatException {
    Map<String, byte[]> values = new HashMap<>();
    int at = 0;
    while (at < data.length && data[at] != 0) {
      int blank = at;
      int length = 0;
      while (blank < data.length && data[blank] >= '0' && data[blank] <= '9' && blank < at + 8) {
        length = length * 10 + data[blank++] - '0';
      }
      int end = at + length;
      if (blank >= data.length
          || data[blank] != ' '
          || end > data.length
          || end <= blank + 1
          || data[end - 1] != '\n') {
        throw new TarFormatException("an extended header's record has a wrong length");
      }
      int equals = blank + 1;
      while (equals < end && data[equals] != '=') {
        equals++;
      }
      if (equals == end) {
        throw new TarFormatException("an extended header's record has no '='");
      }
      String keyword = new String(data, blank + 1, equals - blank - 1, StandardCharsets.ISO_8859_1);
      if (keyword.equals("GNU.sparse.offset") || keyword.equals("GNU.sparse.numbytes")) {
        throw new TarFormatException(
            "sparse files of the PAX format 0.0 are not supported: write the archive with GNU tar"
                + " 1.22 or later, or without --sparse");
      }
      values.put(keyword, Arrays.copyOfRange(data, equals + 1, end - 1));
      at = end;
    }
    return new PaxRecords(values);
  }

  /** These records over others that hold for the whole archive. */
  PaxRecords over(PaxRecords global) {
    if (global.values.isEmpty()) {
      return this;
    }
    Map<String, byte[]> all = new HashMap<>(global.values);
    all.putAll(values);
    return new PaxRecords(all);
  }

  Optional<String> text(String keyword) throws TarFormatException {
    byte[] value = values.get(keyword);
    if (value == null || value.length == 0) {
      return Optional.empty();
    }
    String text = new String(value, StandardCharsets.ISO_8859_1);
    if (text.indexOf('\0') >= 0) {
      throw new TarFormatException("the record '%s' holds a NUL byte", keyword);
    }
    return Optional.of(text);
  }

  long number(String keyword, long otherwise) throws TarFormatException {
    Optional<String> text = text(keyword);
    try {
      return text.isPresent() ? Long.parseLong(text.get()) : otherwise;
    } catch (NumberFormatException e) {
      throw new TarFormatException("the record '%s' holds no number", keyword);
    }
  }

  /** Extended attributes, by their full names. */
  Map<String, byte[]> attributes() {
    Map<String, byte[]> attributes = new LinkedHashMap<>();
    values.forEach(
        (keyword, value) -> {
          if (keyword.startsWith(XATTR) && keyword.length() > XATTR.length()) {
            attributes.put(keyword.substring(XATTR.length()), value);
          }
        });
    return attributes;
  }
}
