package dev.atoll.control;

import dev.atoll.control.apps.Apps;
import dev.atoll.control.apps.Environments;
import dev.atoll.control.images.BuildFollower;
import dev.atoll.control.images.Images;
import dev.atoll.control.images.LocalImages;
import dev.atoll.control.rpc.AdminService;
import dev.atoll.control.rpc.ControlParts;
import dev.atoll.control.rpc.ModalService;
import dev.atoll.control.sandboxes.MainProcess;
import dev.atoll.control.sandboxes.RouterAccess;
import dev.atoll.control.sandboxes.SandboxPolicy;
import dev.atoll.control.sandboxes.Sandboxes;
import dev.atoll.control.store.Database;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.protocol.worker.WorkerDescription;
import io.grpc.BindableService;
import io.grpc.Channel;
import java.time.Duration;
import java.util.List;

/** The control plane at work. Thread-safe. */
public final class ControlPlane implements AutoCloseable {
  private final ControlParts parts;
  private final Housekeeping housekeeping;
  private final List<BindableService> services;
  private final WorkerDescription worker;

  /**
   * Waits for the worker and ends what a dead server left behind.
   *
   * @param store stays the caller's to close, after this
   * @param channel to the worker's service; stays the caller's to close, after this
   * @param policy what sandboxes get and may have
   * @param version the server's version
   */
  public ControlPlane(ControlStore store, Channel channel, SandboxPolicy policy, String version) {
    Database database = store.database();
    WorkerClient client = new WorkerClient(channel);
    worker = client.describe();
    Images images = new Images(database, client, store.signedTokens());
    Sandboxes sandboxes = new Sandboxes(database, client, policy);
    parts =
        new ControlParts(
            client,
            store.signedTokens(),
            new Environments(database),
            new Apps(database),
            store.secrets(),
            images,
            new BuildFollower(database, images),
            new LocalImages(database, client, images),
            sandboxes,
            new MainProcess(sandboxes, client),
            new RouterAccess(store.signedTokens()));
    services = List.of(new ModalService(parts), new AdminService(parts, version));
    housekeeping = new Housekeeping(database, images, sandboxes);
  }

  /** The services to be offered, to callers whose token was checked. */
  public List<BindableService> services() {
    return services;
  }

  /** What the worker runs. */
  public WorkerDescription worker() {
    return worker;
  }

  /**
   * Takes no new sandboxes and ends all that run, and every build; returns when they have ended or
   * time is over. Whoever waits for one of them is told while the door is still open.
   */
  public void endSandboxes(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    parts.images().endBuilds(patience.dividedBy(3));
    parts.sandboxes().endAll(Duration.ofNanos(deadline - System.nanoTime()));
  }

  @Override
  public void close() {
    housekeeping.close();
    parts.mainProcess().close();
    parts.images().close();
    parts.sandboxes().close();
  }
}
