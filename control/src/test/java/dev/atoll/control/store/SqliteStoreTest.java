package dev.atoll.control.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store in SQLite. */
class SqliteStoreTest extends StoreContract {
  private static final String SECRET = "plain-5d0c2b9e";

  @TempDir private Path folder;

  @Override
  Database open() throws IOException {
    return Database.openFile(folder.resolve("atoll.db"), folder.resolve("secrets.key"));
  }

  @Test
  void theFilesHoldNoSecretInTheClear() throws IOException {
    keepSecret();
    assertThat(stored()).doesNotContain(SECRET).contains("st-1");
    assertThat(Files.getPosixFilePermissions(folder.resolve("secrets.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void whatAnOlderServerHasStoredInTheClearIsSealed() throws IOException {
    keepSecret();
    inDatabase(
        handle -> {
          handle.execute("UPDATE secret_entry SET entry_value = '" + SECRET + "'");
          handle.execute("DELETE FROM secrets_key");
        });
    assertThat(stored()).contains(SECRET);
    Files.delete(folder.resolve("secrets.key"));
    try (Database again = open()) {
      assertThat(again.<Map<String, String>>read(h -> SecretTable.entries(h, "st-1")))
          .isEqualTo(Map.of("KEY", SECRET));
    }
    assertThat(stored()).doesNotContain(SECRET);
  }

  @Test
  void withoutTheRightKeyNothingOpens() throws IOException {
    keepSecret();
    Path key = folder.resolve("secrets.key");
    Path kept = Files.move(key, folder.resolve("kept"));
    refused("is missing");
    assertThat(key).doesNotExist();
    Files.writeString(key, "not a key\n");
    refused("holds no 32 bytes");
    Files.writeString(key, "A".repeat(43) + "=\n");
    refused("is another one");
    Files.write(key, new byte[] {(byte) 0xff, 1, 2});
    refused("holds no 32 bytes");
    Files.delete(key);
    Files.createDirectory(key);
    refused("can't be read");
    Files.delete(key);
    Files.copy(kept, key, StandardCopyOption.REPLACE_EXISTING);
    try (Database again = open()) {
      assertThat(again.<Map<String, String>>read(h -> SecretTable.entries(h, "st-1")))
          .isEqualTo(Map.of("KEY", SECRET));
    }
  }

  @Test
  void aKeyThatCannotBeMadeIsNamed() {
    Path key = folder.resolve("missing/secrets.key");
    assertThatThrownBy(() -> Database.openFile(folder.resolve("new.db"), key))
        .isInstanceOf(AtollException.class)
        .hasMessageContaining("can't be made as " + key)
        .hasMessageContaining("secretsKey");
  }

  @Test
  void aSealedValueIsWorthNothingInAnotherPlace() throws IOException {
    keepSecret();
    inDatabase(handle -> handle.execute("UPDATE secret_entry SET entry_key = 'OTHER'"));
    try (Database again = open()) {
      assertThatThrownBy(() -> again.<Map<String, String>>read(h -> SecretTable.entries(h, "st-1")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("damaged")
          .hasMessageNotContaining(SECRET);
    }
  }

  private void refused(String why) {
    AtollException refused = catchThrowableOfType(AtollException.class, this::open);
    assertThat(refused)
        .hasMessageContaining(folder.resolve("secrets.key").toString())
        .hasMessageContaining(why)
        .hasMessageContaining("secretsKey");
    assertThat(refused.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION);
  }

  /** A secret in a store that is closed again. */
  private void keepSecret() throws IOException {
    closeStore();
    try (Database database = open()) {
      database.<Boolean>write(
          handle -> {
            SecretTable.insert(
                handle, new SecretTable.Row("st-1", "en-1", Optional.of("secret"), 5, 5));
            SecretTable.replaceEntries(handle, "st-1", Map.of("KEY", SECRET));
            return true;
          });
    }
  }

  private void inDatabase(Consumer<Handle> work) {
    Jdbi.create("jdbc:sqlite:" + folder.resolve("atoll.db")).useHandle(work::accept);
  }

  private String stored() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.getFileName().toString().startsWith("atoll.db")) {
          all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return all.toString();
  }
}
