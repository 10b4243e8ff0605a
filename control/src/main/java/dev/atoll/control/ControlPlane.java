package dev.atoll.control;

import dev.atoll.control.apps.Apps;
import dev.atoll.control.apps.Environments;
import dev.atoll.control.auth.SignedTokens;
import dev.atoll.control.auth.TokenPairs;
import dev.atoll.control.images.BuildFollower;
import dev.atoll.control.images.Images;
import dev.atoll.control.images.LocalImages;
import dev.atoll.control.rpc.AdminService;
import dev.atoll.control.rpc.ModalService;
import dev.atoll.control.sandboxes.MainProcess;
import dev.atoll.control.sandboxes.RouterAccess;
import dev.atoll.control.sandboxes.Sandboxes;
import dev.atoll.control.secrets.Secrets;
import dev.atoll.control.store.Database;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.protocol.worker.WorkerDescription;
import io.grpc.BindableService;
import io.grpc.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The control plane, opened. Thread-safe. */
public final class ControlPlane implements AutoCloseable {
  private final Database database;
  private final ControlParts parts;
  private final TokenPairs tokenPairs;
  private final Housekeeping housekeeping;
  private final List<BindableService> services;
  private final WorkerDescription worker;

  private ControlPlane(Database database, Channel channel, ControlConfig config)
      throws IOException {
    this.database = database;
    WorkerClient client = new WorkerClient(channel);
    worker = client.describe();
    SignedTokens signedTokens = SignedTokens.open(config.directory().resolve("signing-key.json"));
    tokenPairs = new TokenPairs(database);
    Environments environments = new Environments(database);
    Images images = new Images(database, client);
    Sandboxes sandboxes = new Sandboxes(database, client, config.policy());
    parts =
        new ControlParts(
            client,
            signedTokens,
            environments,
            new Apps(database),
            new Secrets(database),
            images,
            new BuildFollower(database, images),
            new LocalImages(database, client, images),
            sandboxes,
            new MainProcess(sandboxes, client),
            new RouterAccess(signedTokens));
    services = List.of(new ModalService(parts), new AdminService(parts, config.version()));
    housekeeping = new Housekeeping(database, images, sandboxes);
  }

  /**
   * Opens the store, ends what a dead server left behind, and waits for the worker.
   *
   * @param worker a channel to the worker's service; the caller closes it after this
   */
  public static ControlPlane open(ControlConfig config, Channel worker) throws IOException {
    Database database = Database.openFile(config.directory().resolve("atoll.db"));
    try {
      return new ControlPlane(database, worker, config);
    } catch (IOException | RuntimeException failure) {
      database.close();
      throw failure;
    }
  }

  /** The services to be offered, to callers whose token was checked. */
  public List<BindableService> services() {
    return services;
  }

  /** The token pairs that open the services. */
  public TokenPairs tokenPairs() {
    return tokenPairs;
  }

  /** The tokens that this control plane signs. */
  public SignedTokens signedTokens() {
    return parts.signedTokens();
  }

  /** Secrets, for the worker, whose execs name them. */
  public Secrets secrets() {
    return parts.secrets();
  }

  /** What the worker runs. */
  public WorkerDescription worker() {
    return worker;
  }

  /** Takes no new sandboxes and ends all that run; returns when they have ended or time is over. */
  public void endSandboxes(Duration patience) {
    parts.sandboxes().endAll(patience);
  }

  @Override
  public void close() {
    housekeeping.close();
    parts.mainProcess().close();
    parts.images().close();
    parts.sandboxes().close();
    database.close();
  }
}
