package dev.atoll.images.tar;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/** A time of modification: seconds since 1970 and nanoseconds of that second. */
record TarTime(long seconds, int nanoseconds) {
  /** Beyond the year 2400 file systems cut times off. */
  private static final long MOST_SECONDS = 1L << 33;

  static TarTime of(long header, Optional<String> record) throws TarFormatException {
    if (record.isEmpty()) {
      return bounded(header, 0);
    }
    if (record.get().length() > 64 || record.get().matches(".*[^0-9.+-].*")) {
      throw new TarFormatException("the record 'mtime' holds no time");
    }
    try {
      BigDecimal time = new BigDecimal(record.get());
      BigDecimal whole = time.setScale(0, RoundingMode.FLOOR);
      int nanoseconds = time.subtract(whole).movePointRight(9).intValue();
      return bounded(whole.min(BigDecimal.valueOf(MOST_SECONDS)).longValue(), nanoseconds);
    } catch (NumberFormatException e) {
      throw new TarFormatException("the record 'mtime' holds no time");
    }
  }

  private static TarTime bounded(long seconds, int nanoseconds) {
    return new TarTime(Math.clamp(seconds, -(1L << 31), MOST_SECONDS), nanoseconds);
  }
}
