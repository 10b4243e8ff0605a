package dev.atoll.control.store;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The key of a store's secrets: a file beside the database, not in it, with 32 bytes in base64 on
 * one line. The table {@code secrets_key} has a value by which the right key is known.
 */
final class SecretsKey {
  private static final String CHECK_PLACE = "secrets_key";
  private static final String CHECK = "the right key opens this";

  private SecretsKey() {}

  /**
   * The cipher of the store. A store that has none yet gets one, with a new key unless the file is
   * there, and what it has in the clear is sealed.
   *
   * @return the cipher, and whether anything was sealed just now
   * @throws AtollException FAILED_PRECONDITION when the key is missing, malformed or another one,
   *     or can't be made
   */
  static Opened open(Handle handle, Path file) {
    Optional<String> check =
        handle.createQuery("SELECT key_check FROM secrets_key").mapTo(String.class).findOne();
    if (check.isEmpty()) {
      if (!Files.exists(file)) {
        create(file);
      }
      StoreCipher cipher = new StoreCipher(read(file));
      handle
          .createUpdate("INSERT INTO secrets_key (key_check) VALUES (:check)")
          .bind("check", cipher.seal(CHECK_PLACE, CHECK))
          .execute();
      return new Opened(cipher, true);
    }
    StoreCipher cipher = new StoreCipher(read(file));
    try {
      if (!cipher.open(CHECK_PLACE, check.get()).equals(CHECK)) {
        throw wrong(file, "is another one");
      }
    } catch (GeneralSecurityException other) {
      throw wrong(file, "is another one");
    }
    return new Opened(cipher, false);
  }

  /** A cipher, and whether the store had none before. */
  record Opened(StoreCipher cipher, boolean fresh) {}

  private static byte[] read(Path file) {
    try {
      byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
      if (key.length == StoreCipher.KEY_LENGTH) {
        return key;
      }
      throw wrong(file, "holds no 32 bytes in base64");
    } catch (NoSuchFileException missing) {
      throw wrong(file, "is missing");
    } catch (IllegalArgumentException | CharacterCodingException malformed) {
      throw wrong(file, "holds no 32 bytes in base64");
    } catch (IOException unreadable) {
      throw wrong(file, "can't be read (" + unreadable.getMessage() + ")");
    }
  }

  /** On the disk as a whole before anything is sealed with it. */
  private static void create(Path file) {
    byte[] key = new byte[StoreCipher.KEY_LENGTH];
    new SecureRandom().nextBytes(key);
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(temporary);
      Files.createFile(
          temporary,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(
          temporary, Base64.getEncoder().encodeToString(key) + "\n", StandardOpenOption.SYNC);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the key of this data folder's secrets can't be made as %s (%s): have secretsKey name a file"
                  .formatted(file, failure)
              + " in a folder that exists and can be written",
          failure);
    }
  }

  private static AtollException wrong(Path file, String what) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        ("the key of this data folder's secrets, %s, %s: put the right file there, from a backup, or"
                + " have secretsKey name it. Without it nobody can read the stored secrets")
            .formatted(file, what));
  }
}
