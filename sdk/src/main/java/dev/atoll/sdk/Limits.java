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

  static int positive(String field, int value) {
    if (value < 1) {
      throw new InvalidArgumentException(field + " must be at least 1, not " + value);
    }
    return value;
  }
}
