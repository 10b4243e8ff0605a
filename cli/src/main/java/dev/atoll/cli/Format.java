package dev.atoll.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Values as people read them. */
final class Format {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private Format() {}

  /** Seconds since the epoch as local time; empty for 0. */
  static String time(double seconds) {
    return seconds == 0
        ? ""
        : TIME.format(Instant.ofEpochMilli((long) (seconds * 1000)).atZone(ZoneId.systemDefault()));
  }

  static String bytes(long bytes) {
    if (bytes >= 1L << 30) {
      return number(bytes / (double) (1L << 30)) + " GiB";
    }
    if (bytes >= 1L << 20) {
      return number(bytes / (double) (1L << 20)) + " MiB";
    }
    return bytes >= 1L << 10 ? number(bytes / 1024.0) + " KiB" : bytes + " B";
  }

  static String micros(long micros) {
    return number(micros / 1000.0) + " ms";
  }

  static String duration(Duration duration) {
    long millis = duration.toMillis();
    return millis < 1000 ? millis + " ms" : number(millis / 1000.0) + " s";
  }

  /** Words as a shell would take them. */
  static String command(List<String> words) {
    return words.stream().map(Format::quote).collect(Collectors.joining(" "));
  }

  /** One word as a shell would take it. */
  static String quote(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
