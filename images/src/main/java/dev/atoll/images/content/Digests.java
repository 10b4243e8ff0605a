package dev.atoll.images.content;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 digests in OCI's notation (OCI image spec, descriptor, digests). */
public final class Digests {
  private static final String PREFIX = "sha256:";

  private Digests() {}

  /** A new, empty SHA-256. */
  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** The digest of bytes. */
  public static String sha256(byte[] bytes) {
    return of(newSha256().digest(bytes));
  }

  /** The digest of a text in UTF-8. */
  public static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Notes a finished SHA-256 down. */
  public static String of(byte[] sum) {
    return PREFIX + HexFormat.of().formatHex(sum);
  }

  /** The hexadecimal digits alone, for a file's name. */
  public static String hex(String digest) {
    return digest.substring(PREFIX.length());
  }
}
