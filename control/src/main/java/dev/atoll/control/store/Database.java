package dev.atoll.control.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import io.grpc.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store: the same migrations and statements on SQLite and PostgreSQL. Its work runs on a few
 * platform threads of its own, because SQLite's native calls would pin the carriers of virtual
 * threads; callers wait without pinning anything, and their gRPC context goes with their work. A
 * write that has returned survives the death of the process. Thread-safe.
 */
public final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final int READERS = 2;
  private static final Duration BEFORE_WRITING_AGAIN = Duration.ofMillis(500);

  private final HikariDataSource connections;
  private final Jdbi jdbi;
  private final ExecutorService writer;
  private final ExecutorService readers;

  private Database(HikariDataSource connections) {
    this.connections = connections;
    jdbi = Jdbi.create(connections);
    writer =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("atoll-store-writer").daemon().factory());
    readers =
        Executors.newFixedThreadPool(
            READERS, Thread.ofPlatform().name("atoll-store-reader-", 0).daemon().factory());
  }

  /**
   * Opens the SQLite file, made with mode 0600 when it is missing, and brings its tables up to
   * date. The caller sees to it that no other process has it open.
   *
   * @param keyFile where the key of the secrets is, or is made
   * @throws AtollException FAILED_PRECONDITION when the key is not the right one, or as {@link
   *     #write}
   */
  public static Database openFile(Path file, Path keyFile) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    return open(
        "jdbc:sqlite:%s?journal_mode=WAL&synchronous=NORMAL&busy_timeout=5000&foreign_keys=true&transaction_mode=IMMEDIATE"
            .formatted(file.toAbsolutePath()),
        keyFile);
  }

  /**
   * Opens the database at a JDBC URL, SQLite's or PostgreSQL's, and brings its tables up to date. A
   * database of PostgreSQL has the encoding UTF8 and the locale C, so that names sort as in SQLite.
   * The caller sees to it that nobody else writes to it.
   */
  static Database open(String url, Path keyFile) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setPoolName("atoll-store");
    config.setMaximumPoolSize(1 + READERS);
    config.setMinimumIdle(1);
    HikariDataSource connections = connect(config);
    try {
      Flyway.configure()
          .dataSource(connections)
          .locations("classpath:db/migration")
          .load()
          .migrate();
      Database database = new Database(connections);
      database.unlock(keyFile, url.startsWith("jdbc:sqlite:"));
      return database;
    } catch (RuntimeException failure) {
      connections.close();
      throw StoreFailure.explain(failure).map(RuntimeException.class::cast).orElse(failure);
    }
  }

  private static HikariDataSource connect(HikariConfig config) {
    try {
      return new HikariDataSource(config);
    } catch (RuntimeException failure) {
      throw StoreFailure.explain(failure).map(RuntimeException.class::cast).orElse(failure);
    }
  }

  /** Has the key of the secrets from now on. */
  private void unlock(Path keyFile, boolean sqlite) {
    boolean sealed =
        jdbi.inTransaction(
            handle -> {
              SecretsKey.Opened opened = SecretsKey.open(handle, keyFile);
              jdbi.getConfig(Sealing.class).use(opened.cipher());
              handle.getConfig(Sealing.class).use(opened.cipher());
              return opened.fresh() && PlainSecrets.seal(handle);
            });
    if (sealed && sqlite) {
      // SQLite keeps the bytes of what was replaced until their pages are used again.
      jdbi.useHandle(
          handle -> {
            handle.execute("VACUUM");
            handle.execute("PRAGMA wal_checkpoint(TRUNCATE)");
          });
    }
  }

  /**
   * Runs work that only reads, and returns its result. Blocks.
   *
   * @throws AtollException as {@link #write}
   */
  public <T> T read(HandleCallback<T, RuntimeException> work) {
    return await(readers, () -> jdbi.withHandle(work));
  }

  /**
   * Runs work in a transaction, after every write that was asked for before, and returns its result
   * once it is committed. An exception rolls it back. Blocks.
   *
   * @throws AtollException UNAVAILABLE when another process has the store locked for more than 5 s,
   *     RESOURCE_EXHAUSTED when its disk is full; nothing has changed then
   */
  public <T> T write(HandleCallback<T, RuntimeException> work) {
    return await(writer, () -> jdbi.inTransaction(work));
  }

  /**
   * {@link #write}, over and over while the store is locked or its disk is full: for what has
   * happened already, and must not be forgotten. Blocks until it is stored.
   */
  public <T> T writeAtLast(HandleCallback<T, RuntimeException> work) {
    boolean said = false;
    while (true) {
      try {
        return write(work);
      } catch (AtollException failure) {
        if (!StoreFailure.passes(failure)) {
          throw failure;
        }
        if (!said) {
          LOG.warn("the store takes nothing, and is tried until it does: {}", failure.getMessage());
          said = true;
        }
      }
      try {
        Thread.sleep(BEFORE_WRITING_AGAIN);
      } catch (InterruptedException interrupted) {
        throw stopping(interrupted);
      }
    }
  }

  private static <T> T await(ExecutorService executor, Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, Context.current().fixedContextExecutor(executor))
          .get();
    } catch (InterruptedException interrupted) {
      throw stopping(interrupted);
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) {
        throw StoreFailure.explain(cause).map(RuntimeException.class::cast).orElse(cause);
      }
      throw new CompletionException(failure.getCause());
    }
  }

  private static AtollException stopping(InterruptedException interrupted) {
    Thread.currentThread().interrupt();
    return new AtollException(ErrorCode.UNAVAILABLE, "the server is stopping", interrupted);
  }

  @Override
  public void close() {
    writer.close();
    readers.close();
    connections.close();
  }
}
