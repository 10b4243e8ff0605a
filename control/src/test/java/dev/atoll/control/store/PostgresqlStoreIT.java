package dev.atoll.control.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The store in a PostgreSQL server that runs for this class, with a database for each test. */
class PostgresqlStoreIT extends StoreContract {
  private static final String USER = "postgres";

  @TempDir private static Path folder;
  private static EmbeddedPostgres server;
  private static int databases;

  @BeforeAll
  static void startServer() throws IOException {
    // The setter for it would still make a folder in /tmp.
    System.setProperty("ot.epg.working-dir", folder.toString());
    server = EmbeddedPostgres.builder().setLocaleConfig("locale", "C").start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  /** A method of its own would run after the inherited one, which needs the database. */
  @Override
  @BeforeEach
  void openStore() throws IOException {
    databases++;
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'".formatted(name()));
    } catch (SQLException failure) {
      throw new IOException("no database can be made", failure);
    }
    super.openStore();
  }

  @Override
  Database open() throws IOException {
    return Database.open(server.getJdbcUrl(USER, name()), folder.resolve(name() + ".key"));
  }

  private static String name() {
    return "store" + databases;
  }
}
