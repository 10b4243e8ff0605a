package dev.atoll.bench.soak;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** Bytes that are known, to be found again. */
final class Content {
  private final byte[] bytes;

  private Content(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Random bytes, fewer than the given number. */
  static Content random(Random random, int limit) {
    byte[] bytes = new byte[random.nextInt(limit)];
    random.nextBytes(bytes);
    return new Content(bytes);
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** As {@code sha256sum} prints it. */
  String digest() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Fails unless that is what was found. */
  void mustBe(byte[] found, String what) throws Violation {
    mustBe(bytes, found, what);
  }

  /** Fails unless the two are equal; says where they differ. */
  static void mustBe(byte[] expected, byte[] found, String what) throws Violation {
    int difference = Arrays.mismatch(expected, found);
    if (difference >= 0) {
      throw new Violation(
          "%s: %,d bytes instead of %,d, different from byte %,d on"
              .formatted(what, found.length, expected.length, difference));
    }
  }
}
