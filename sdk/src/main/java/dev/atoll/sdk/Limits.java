package dev.atoll.sdk;

import java.time.Duration;

/** Checks of values that the wire could not carry as they were given. */
final class Limits {
  private Limits() {}

  static Duration wholeSeconds(String field, Duration value) {
    if (value.compareTo(Duration.ofSeconds(1)) < 0
        || value.getNano() != 0
        || value.getSeconds() > Integer.MAX_VALUE) {
      throw new InvalidArgumentException(
          field + " must be a whole number of seconds, at least 1, not " + value);
    }
    return value;
  }

  static double positive(String field, double value) {
    if (!(value >= 0.001 && value <= 1_000_000)) {
      throw new InvalidArgumentException(
          field + " must be between 0.001 and 1000000, not " + value);
    }
    return value;
  }

  static void port(String field, int value) {
    if (value < 1 || value > 65_535) {
      throw new InvalidArgumentException(field + " must be between 1 and 65535, not " + value);
    }
  }

  static void probeInterval(Duration value) {
    if (value.compareTo(Duration.ofMillis(10)) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
      throw new InvalidArgumentException(
          "the readiness probe's interval must be between 10 milliseconds and an hour, not "
              + value);
    }
  }

  static int positive(String field, int value) {
    if (value < 1) {
      throw new InvalidArgumentException(field + " must be at least 1, not " + value);
    }
    return value;
  }
}
