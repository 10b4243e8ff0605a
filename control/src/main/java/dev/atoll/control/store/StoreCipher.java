package dev.atoll.control.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals what the store keeps of secrets: AES-256 in Galois/Counter Mode (NIST SP 800-38D) with a
 * random nonce of 96 bits and a tag of 128 for each value. A value is bound to its place, so that
 * nobody can move it to another row. One key is good for 2^32 values. Thread-safe.
 */
final class StoreCipher {
  /** Bytes of a key. */
  static final int KEY_LENGTH = 32;

  private static final byte VERSION = 1;
  private static final int NONCE_LENGTH = 12;
  private static final int TAG_BITS = 128;
  private static final String TRANSFORMATION = "AES/GCM/NoPadding";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec key;

  StoreCipher(byte[] key) {
    if (key.length != KEY_LENGTH) {
      throw new IllegalArgumentException("a key has " + KEY_LENGTH + " bytes");
    }
    this.key = new SecretKeySpec(key, "AES");
  }

  /** Seals a value for a place, such as {@code secret_entry/st-1/KEY}. */
  byte[] seal(String place, byte[] value) {
    byte[] nonce = new byte[NONCE_LENGTH];
    RANDOM.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(value);
      return ByteBuffer.allocate(1 + NONCE_LENGTH + sealed.length)
          .put(VERSION)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every JDK has " + TRANSFORMATION, missing);
    }
  }

  /**
   * The value that was sealed for a place.
   *
   * @throws GeneralSecurityException when it was sealed with another key, for another place, or was
   *     changed
   */
  byte[] open(String place, byte[] sealed) throws GeneralSecurityException {
    if (sealed.length < 1 + NONCE_LENGTH || sealed[0] != VERSION) {
      throw new GeneralSecurityException("no sealed value");
    }
    byte[] nonce = Arrays.copyOfRange(sealed, 1, 1 + NONCE_LENGTH);
    return cipher(Cipher.DECRYPT_MODE, nonce, place)
        .doFinal(sealed, 1 + NONCE_LENGTH, sealed.length - 1 - NONCE_LENGTH);
  }

  /** {@link #seal(String, byte[])} for text, as text. */
  String seal(String place, String text) {
    byte[] sealed = seal(place, text.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(sealed);
  }

  /** The text that was sealed for a place; see {@link #open(String, byte[])}. */
  String open(String place, String sealed) throws GeneralSecurityException {
    try {
      byte[] text = open(place, Base64.getDecoder().decode(sealed));
      return new String(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException noBase64) {
      throw new GeneralSecurityException("no sealed text", noBase64);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(TRANSFORMATION);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
