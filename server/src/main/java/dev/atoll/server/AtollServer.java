package dev.atoll.server;

import dev.atoll.cells.CellHost;
import dev.atoll.cells.CellHostConfig;
import dev.atoll.cells.Limits;
import dev.atoll.cells.host.CellHosts;
import dev.atoll.control.ControlPlane;
import dev.atoll.control.ControlStore;
import dev.atoll.control.calls.AnswerHeaders;
import dev.atoll.control.calls.CallMetadata;
import dev.atoll.control.sandboxes.SandboxPolicy;
import dev.atoll.errors.AtollException;
import dev.atoll.images.DiskLimits;
import dev.atoll.images.DiskPool;
import dev.atoll.images.ImageStore;
import dev.atoll.images.ImageStoreConfig;
import dev.atoll.images.store.ImageStores;
import dev.atoll.linux.UserNamespaceFile;
import dev.atoll.server.audit.AuditLog;
import dev.atoll.worker.Worker;
import dev.atoll.worker.WorkerConfig;
import dev.atoll.worker.cell.PoolSettings;
import dev.atoll.worker.service.Workers;
import dev.atoll.worker.tunnel.TunnelSettings;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that runs in this process. Thread-safe. */
public final class AtollServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AtollServer.class);
  private static final Duration SANDBOXES_END = Duration.ofSeconds(6);
  private static final String PID_FILE = "server.pid";
  // An interrupt of the caller's own thread would leave links, rules and mounts on the host.
  private static final Executor UNDISTURBED =
      task -> Thread.ofPlatform().name("atoll-stop").start(task);

  private final ServerConfig config;
  private final DataDirectory directory;
  private final ControlPlane control;
  private final Door door;
  private final ServerParts parts;
  private final AtomicBoolean closed = new AtomicBoolean();

  private AtollServer(ServerConfig config, Optional<PassedSocket> passed, ServerParts parts)
      throws IOException, InterruptedException {
    this.config = config;
    this.parts = parts;
    long start = System.nanoTime();
    directory = parts.add("data folder", DataDirectory.open(config.dataDirectory()));
    if (passed.isEmpty()) {
      Door.checkFree(config.door().listen());
    }
    ControlStore store =
        parts.add(
            "store",
            ControlStore.open(
                directory.folder("control"),
                config.secretsKey().orElseGet(() -> directory.file("secrets.key"))));
    CredentialsFile.ensure(directory, store.tokenPairs());
    long stored = System.nanoTime();
    CellHost cells =
        CellHosts.open(
            cellHostConfig(), Workers.cellsToKeep(directory.folder(DataDirectory.WORKER)));
    parts.add("cells", cells, cells::handOver);
    long celled = System.nanoTime();
    ImageStore images = parts.add("images", openImages(cells));
    switch (images.diskLimits()) {
      case DiskLimits.Present all ->
          LOG.info("what sandboxes write is limited, to {} GiB in all", all.bytes() >> 30);
      case DiskLimits.Missing missing ->
          LOG.warn(
              "a sandbox can fill the disk of {}: what it writes has no limit, because {}",
              config.dataDirectory(),
              missing.reason());
    }
    Worker worker =
        Workers.open(
            workerConfig(),
            cells,
            images,
            (access, ids) -> TaskTokenCheck.caller(access).run(() -> store.secrets().values(ids)),
            new TaskImageRecords(store.taskImages()),
            new TaskTokenCheck(store.signedTokens(), store.tokenPairs()));
    parts.add("worker", worker, worker::handOver);
    LocalWorker local = parts.add("worker's channel", LocalWorker.connect(worker));
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    control =
        new ControlPlane(
            store,
            local.channel(),
            policy(),
            metrics,
            config.door().publicUrl(),
            Version.current());
    parts.add("control plane", control, control::handOver);
    long controlled = System.nanoTime();
    AuditLog audit =
        parts.add(
            "audit log", AuditLog.open(directory.folder("audit"), config.door().auditBytes()));
    door =
        parts.add(
            "door",
            Door.open(
                config.door(),
                passed,
                services(store, worker, audit),
                new MetricsPage(metrics, worker, store.tokenPairs()),
                config.tunnelDomain().map(ServerConfig.TunnelDomainSettings::name)));
    directory.write(PID_FILE, pidFile());
    LOG.info(
        "ready on {} (tier {}, {}) after {} ms: store {}, cells {}, images and worker {}, door {}",
        url(),
        control.worker().getTier(),
        control.worker().getRuntime(),
        millis(start, System.nanoTime()),
        millis(start, stored),
        millis(stored, celled),
        millis(celled, controlled),
        millis(controlled, System.nanoTime()));
  }

  /**
   * Starts a server and returns once it takes work. Needs root.
   *
   * @throws AtollException when something is missing, taken or misconfigured: the message says what
   * @throws IOException when the host refuses something that it should not
   */
  public static AtollServer start(ServerConfig config) throws IOException, InterruptedException {
    return start(config, Optional.empty());
  }

  /**
   * {@link #start(ServerConfig)}, on a socket that listens already.
   *
   * @param passed the socket, whose address the configuration has
   */
  static AtollServer start(ServerConfig config, Optional<PassedSocket> passed)
      throws IOException, InterruptedException {
    ServerParts parts = new ServerParts();
    try {
      return new AtollServer(config, passed, parts);
    } catch (IOException | InterruptedException | RuntimeException failure) {
      // Sandboxes of the server before don't end because this one could not start.
      CompletableFuture.runAsync(
              () -> {
                parts.handOver();
                parts.close();
              },
              UNDISTURBED)
          .join();
      throw failure;
    }
  }

  /**
   * Where clients on this host reach it, such as {@code http://127.0.0.1:7070}. A door on all
   * addresses is on the loopback one, too, where it needs no TLS.
   */
  public URI url() {
    DoorSettings settings = config.door();
    InetAddress address = settings.listen().getAddress();
    if (!address.isLoopbackAddress() && !address.isAnyLocalAddress()) {
      String scheme = settings.tls().isPresent() ? "https://" : "http://";
      return settings
          .publicUrl()
          .map(URI::create)
          .orElseGet(() -> URI.create(scheme + authority(address)));
    }
    return URI.create(
        "http://"
            + authority(
                address.isAnyLocalAddress() ? InetAddress.ofLiteral("127.0.0.1") : address));
  }

  private String authority(InetAddress address) {
    String host = address.getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + door.port();
  }

  /** The file with the token pair that opens it. */
  public Path credentialsFile() {
    return directory.file("credentials");
  }

  /** Completes when an operator has had every sandbox ended; the server may be closed then. */
  public CompletableFuture<Void> drained() {
    return control.drained();
  }

  /**
   * Takes no new work and releases everything but the running sandboxes: these stay, with their
   * output, for the next server on the data folder. Calls and streams that are open end with
   * UNAVAILABLE. Nothing, when it is closed already. Blocks for a second.
   *
   * @return how many sandboxes stay
   */
  public int handOver() {
    if (!closed.compareAndSet(false, true)) {
      return 0;
    }
    return CompletableFuture.supplyAsync(this::leaveSandboxes, UNDISTURBED).join();
  }

  private int leaveSandboxes() {
    long start = System.nanoTime();
    door.takeNoWork();
    directory.remove(PID_FILE);
    try {
      int left = control.handOver();
      parts.handOver();
      return left;
    } finally {
      parts.close();
      LOG.info("stopped after {} ms", millis(start, System.nanoTime()));
    }
  }

  /**
   * Takes no new work, ends every sandbox and releases everything. Idempotent. Blocks, for less
   * than 10 seconds, whether the thread is interrupted or not.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      CompletableFuture.runAsync(this::endSandboxes, UNDISTURBED).join();
    }
  }

  private void endSandboxes() {
    long start = System.nanoTime();
    door.takeNoWork();
    directory.remove(PID_FILE);
    control.endSandboxes(SANDBOXES_END);
    parts.close();
    LOG.info("stopped after {} ms", millis(start, System.nanoTime()));
  }

  /** The process, where clients on this host reach it, and where others do if that is known. */
  private String pidFile() {
    return ProcessHandle.current().pid()
        + "\n"
        + url()
        + "\n"
        + config.door().publicUrl().map(url -> url + "\n").orElse("");
  }

  private CellHostConfig cellHostConfig() throws IOException {
    return new CellHostConfig(
        config.tier(),
        config.runtime(),
        directory.instanceId(),
        directory.folder("cells"),
        new CellHostConfig.Network(
            config.network().allowedRanges(), config.network().nameServers()),
        config.sandboxes().processLimit());
  }

  private ImageStore openImages(CellHost cells) throws IOException, InterruptedException {
    ImageStoreConfig images =
        ImageStoreConfig.of(directory.folder("images"))
            .withCache(config.images().cache())
            .withCertificates(config.extraCaCertificates())
            .withRegistries(config.images().registries());
    ServerConfig.DiskSettings disk = config.sandboxes().disk();
    if (disk.pool() instanceof ServerConfig.DiskSettings.Pool.File file) {
      images = images.withDisk(new DiskPool(file.bytes(), disk.defaultBytes()));
    }
    if (cells.idMapping().isIdentity()) {
      return ImageStores.open(images);
    }
    UserNamespaceFile namespace =
        parts.add(
            "user namespace",
            UserNamespaceFile.create(cells.idMapping().hostBase(), cells.idMapping().size()));
    return ImageStores.open(
        images.withUserNamespace(new ImageStoreConfig.UserNamespace(cells.idMapping(), namespace)));
  }

  private WorkerConfig workerConfig() throws IOException {
    ServerConfig.BuildSettings builds = config.builds();
    int processes = config.sandboxes().processLimit();
    return new WorkerConfig(
        directory.folder(DataDirectory.WORKER),
        config.sandboxes().spoolLimitBytes(),
        processes,
        PoolSettings.of(config.pool().size(), config.pool().memoryReserveBytes()),
        new Limits(builds.memoryBytes(), builds.cpuMillis(), 1000, processes),
        builds.stepLifetime(),
        config.sandboxes().disk().maximumBytes(),
        new TunnelSettings(
            tunnelAddress(),
            config
                .tunnelDomain()
                .map(
                    domain ->
                        new TunnelSettings.Domain(
                            domain.name(),
                            domain.certificate(),
                            domain.key(),
                            domain.port(),
                            domain.advertisedPort()))));
  }

  /**
   * Where the door listens; without a domain on loopback in any case, since tunnels have no
   * password, and certificates for nothing but this host's loopback names.
   */
  private InetAddress tunnelAddress() {
    InetAddress address = config.door().listen().getAddress();
    return config.tunnelDomain().isPresent() || address.isLoopbackAddress()
        ? address
        : InetAddress.ofLiteral("127.0.0.1");
  }

  private SandboxPolicy policy() {
    ServerConfig.SandboxSettings settings = config.sandboxes();
    return new SandboxPolicy(
        settings.defaultCpuMillis(),
        settings.maximumCpuMillis(),
        settings.defaultMemoryBytes(),
        settings.maximumMemoryBytes(),
        settings.disk().maximumBytes(),
        settings.defaultLifetime(),
        settings.maximumLifetime(),
        settings.outputRetention(),
        settings.endedRetention(),
        config.admission());
  }

  private List<ServerServiceDefinition> services(
      ControlStore store, Worker worker, AuditLog audit) {
    Visits visits =
        new Visits(
            audit, new TokenRates(config.door().limits().callsPerSecond(), System::nanoTime));
    store.tokenPairs().whenRevoked(visits::revoked);
    TokenGate gate = new TokenGate(store.tokenPairs(), store.signedTokens());
    RuntimeHeaders headers = new RuntimeHeaders(control.worker());
    List<ServerServiceDefinition> services = new ArrayList<>();
    for (BindableService service : control.services()) {
      services.add(
          ServerInterceptors.interceptForward(
              service,
              visits,
              gate,
              headers,
              new DialledAuthority(),
              CallMetadata.interceptor(),
              AnswerHeaders.interceptor()));
    }
    worker
        .clientServices()
        .forEach(service -> services.add(ServerInterceptors.intercept(service, visits)));
    return services;
  }

  private static long millis(long start, long end) {
    return (end - start) / 1_000_000;
  }
}
