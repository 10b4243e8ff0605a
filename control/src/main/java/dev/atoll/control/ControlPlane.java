package dev.atoll.control;

import dev.atoll.control.apps.Apps;
import dev.atoll.control.apps.Environments;
import dev.atoll.control.images.BuildFollower;
import dev.atoll.control.images.Images;
import dev.atoll.control.images.LocalImages;
import dev.atoll.control.proxies.Proxies;
import dev.atoll.control.rpc.AdminService;
import dev.atoll.control.rpc.ControlParts;
import dev.atoll.control.rpc.ModalService;
import dev.atoll.control.sandboxes.Drain;
import dev.atoll.control.sandboxes.MainProcess;
import dev.atoll.control.sandboxes.RouterAccess;
import dev.atoll.control.sandboxes.SandboxPolicy;
import dev.atoll.control.sandboxes.Sandboxes;
import dev.atoll.control.store.Database;
import dev.atoll.control.tokens.Tokens;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.protocol.worker.WorkerDescription;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane at work. Thread-safe. */
public final class ControlPlane implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

  private final ControlParts parts;
  private final Housekeeping housekeeping;
  private final List<BindableService> services;
  private final WorkerDescription worker;

  /**
   * Waits for the worker, takes back the sandboxes that a server before has left running, and goes
   * on with what that one was starting and building.
   *
   * @param store stays the caller's to close, after this
   * @param channel to the worker's service; stays the caller's to close, after this
   * @param policy what sandboxes get and may have
   * @param registry where it counts what happens
   * @param publicUrl where clients are told to reach tasks; empty: where they have reached this
   * @param version the server's version
   */
  public ControlPlane(
      ControlStore store,
      Channel channel,
      SandboxPolicy policy,
      MeterRegistry registry,
      Optional<String> publicUrl,
      String version) {
    Database database = store.database();
    WorkerClient client = new WorkerClient(channel);
    worker = client.describe();
    Images images = new Images(database, client, store.signedTokens());
    Sandboxes sandboxes = new Sandboxes(database, client, policy, worker, registry);
    parts =
        new ControlParts(
            client,
            store.signedTokens(),
            store.tokenPairs(),
            new Tokens(database, store.tokenPairs()),
            new Environments(database),
            new Apps(database),
            store.secrets(),
            new Proxies(database, client),
            images,
            new BuildFollower(database, images),
            new LocalImages(database, client, images),
            sandboxes,
            new MainProcess(sandboxes, client),
            new RouterAccess(store.signedTokens(), publicUrl),
            new Drain(sandboxes));
    services = List.of(new ModalService(parts), new AdminService(parts, version));
    housekeeping = new Housekeeping(database, images, sandboxes, store.tokenPairs());
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
    CompletableFuture<Void> ends = parts.sandboxes().endAll("server stopping");
    try {
      ends.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      LOG.warn(
          "{} sandboxes did not end within {} s", parts.sandboxes().count(), patience.toSeconds());
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException defect) {
      LOG.error("ending all sandboxes failed", defect);
    }
  }

  /**
   * Takes no new work and leaves running sandboxes, starts and builds to the next server. Whoever
   * waits for one of them is told UNAVAILABLE. Returns at once.
   *
   * @return how many sandboxes are left
   */
  public int handOver() {
    housekeeping.close();
    parts.images().handOver();
    return parts.sandboxes().handOver();
  }

  /** Completes when an operator's wish that every sandbox ends is fulfilled. */
  public CompletableFuture<Void> drained() {
    return parts.drain().done();
  }

  @Override
  public void close() {
    housekeeping.close();
    parts.mainProcess().close();
    parts.images().close();
    parts.sandboxes().close();
  }
}
