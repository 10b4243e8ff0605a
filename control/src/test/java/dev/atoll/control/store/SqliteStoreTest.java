package dev.atoll.control.store;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The store in SQLite. */
class SqliteStoreTest extends StoreContract {
  @TempDir private Path folder;

  @Override
  Database open() throws IOException {
    return Database.openFile(folder.resolve("atoll.db"));
  }
}
