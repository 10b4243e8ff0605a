package dev.atoll.server;

import dev.atoll.errors.AtollException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values with units, as configuration files write them. */
final class Units {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB|TiB)");
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Pattern CORES = Pattern.compile("\\d{1,4}(\\.\\d{1,3})?");
  private static final Map<String, Integer> SIZE_SHIFTS =
      Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30, "TiB", 40);
  private static final Map<String, Duration> TIMES =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  private Units() {}

  /** Bytes, from {@code 2GiB}. */
  static long bytes(String key, String text) {
    Matcher match = SIZE.matcher(text);
    if (!match.matches()) {
      throw wrong(key, text, "a size such as 512MiB or 2GiB");
    }
    int shift = SIZE_SHIFTS.getOrDefault(match.group(2), 0);
    try {
      return Math.multiplyExact(Long.parseLong(match.group(1)), 1L << shift);
    } catch (ArithmeticException tooLarge) {
      throw wrong(key, text, "a size below 8388608TiB");
    }
  }

  /** A time, from {@code 300s}. */
  static Duration time(String key, String text) {
    Matcher match = TIME.matcher(text);
    if (!match.matches()) {
      throw wrong(key, text, "a time such as 300s, 10m or 24h");
    }
    return TIMES
        .getOrDefault(match.group(2), Duration.ZERO)
        .multipliedBy(Long.parseLong(match.group(1)));
  }

  /** Thousandths of a core, from cores such as {@code 0.5}. */
  static int cpuMillis(String key, String text) {
    if (!CORES.matcher(text).matches()) {
      throw wrong(key, text, "a number of cores such as 2 or 0.5");
    }
    return new BigDecimal(text).movePointRight(3).intValueExact();
  }

  /** A whole number. */
  static int count(String key, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw wrong(key, text, "a whole number");
    }
  }

  static AtollException wrong(String key, String text, String expected) {
    return AtollException.invalid("%s '%s' must be %s", key, text, expected);
  }
}
