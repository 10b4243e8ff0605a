package dev.atoll.control;

import dev.atoll.control.auth.SignedTokens;
import dev.atoll.control.auth.TokenPairs;
import dev.atoll.control.images.TaskImages;
import dev.atoll.control.secrets.Secrets;
import dev.atoll.control.store.Database;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What the control plane keeps, opened without a worker: a worker needs secrets and tokens of it
 * before the control plane can talk to that worker. Thread-safe.
 */
public final class ControlStore implements AutoCloseable {
  private final Database database;
  private final SignedTokens signedTokens;
  private final TokenPairs tokenPairs;
  private final Secrets secrets;
  private final TaskImages taskImages;

  private ControlStore(Database database, SignedTokens signedTokens) {
    this.database = database;
    this.signedTokens = signedTokens;
    tokenPairs = new TokenPairs(database);
    secrets = new Secrets(database);
    taskImages = new TaskImages(database);
  }

  /**
   * Opens the store and the signing key in a folder of mode 0700, or makes them.
   *
   * @param secretsKey where the key of the secrets is, or is made
   * @throws dev.atoll.errors.AtollException FAILED_PRECONDITION when that key isn't the right one
   * @throws IOException when the folder can't be used
   */
  public static ControlStore open(Path directory, Path secretsKey) throws IOException {
    SignedTokens tokens = SignedTokens.open(directory.resolve("signing-key.json"));
    return new ControlStore(Database.openFile(directory.resolve("atoll.db"), secretsKey), tokens);
  }

  /** The token pairs that open the control plane. */
  public TokenPairs tokenPairs() {
    return tokenPairs;
  }

  /** The tokens that the control plane signs. */
  public SignedTokens signedTokens() {
    return signedTokens;
  }

  /** Secrets, also for the worker, whose execs name them. */
  public Secrets secrets() {
    return secrets;
  }

  /** Images of taskImages, for the worker that makes them. */
  public TaskImages taskImages() {
    return taskImages;
  }

  Database database() {
    return database;
  }

  @Override
  public void close() {
    tokenPairs.storeUses();
    database.close();
  }
}
