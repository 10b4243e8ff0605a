package dev.atoll.control.store;

import java.security.GeneralSecurityException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.config.JdbiConfig;

/** Gives the tables the cipher of their database. What can't be opened was changed by somebody. */
public final class Sealing implements JdbiConfig<Sealing> {
  private Optional<StoreCipher> cipher = Optional.empty();

  /** Creates one without a cipher, as JDBI wants it. */
  public Sealing() {}

  void use(StoreCipher used) {
    cipher = Optional.of(used);
  }

  static String seal(Handle handle, String place, String text) {
    return cipher(handle).seal(place, text);
  }

  static byte[] seal(Handle handle, String place, byte[] bytes) {
    return cipher(handle).seal(place, bytes);
  }

  static String open(Handle handle, String place, String sealed) {
    try {
      return cipher(handle).open(place, sealed);
    } catch (GeneralSecurityException changed) {
      throw damaged(place, changed);
    }
  }

  static byte[] open(Handle handle, String place, byte[] sealed) {
    try {
      return cipher(handle).open(place, sealed);
    } catch (GeneralSecurityException changed) {
      throw damaged(place, changed);
    }
  }

  private static StoreCipher cipher(Handle handle) {
    return handle.getConfig(Sealing.class).cipher.orElseThrow();
  }

  private static IllegalStateException damaged(String place, Exception cause) {
    return new IllegalStateException("the store is damaged: " + place + " can't be opened", cause);
  }

  @Override
  public Sealing createCopy() {
    Sealing copy = new Sealing();
    copy.cipher = cipher;
    return copy;
  }
}
