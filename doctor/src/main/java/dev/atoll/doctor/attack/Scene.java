package dev.atoll.doctor.attack;

import dev.atoll.cells.Tier;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxOptions;
import dev.atoll.sdk.transport.Credentials;
import dev.atoll.server.AtollServer;
import dev.atoll.server.ServerConfig;
import dev.atoll.server.ServerConfig.NetworkSettings;
import dev.atoll.server.ServerConfig.PoolSettings;
import dev.atoll.server.ServerConfig.SandboxSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A server of one tier with sandboxes in it: one that attacks, one that must not notice, and
 * whatever a probe makes. Everything is gone when it is closed.
 */
final class Scene implements AutoCloseable {
  static final int PROCESS_LIMIT = 512;
  static final int NEIGHBOUR_PORT = 8080;
  private static final int SPOOL_LIMIT = 16 << 20;
  private static final String TAG = "attack-root:1";

  private final Tier tier;
  private final Path folder;
  private final AttackProgram program;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final HostServices services;
  private final AtollServer server;
  private final ServerApi api;
  private final Credentials credentials;
  private final Atoll atoll;
  private final App app;
  private final Image image;
  private final Box attacker;
  private final Box neighbour;
  private final Canary canary;

  private Scene(Tier tier, Path folder, AttackProgram program)
      throws IOException, InterruptedException {
    this.tier = tier;
    this.folder = Files.createDirectories(folder);
    this.program = program;
    try {
      canary = Canary.in(folder.resolve("canary"));
      services = add(HostServices.open());
      server = add(AtollServer.start(config()));
      credentials = credentials(server.credentialsFile());
      api = add(new ServerApi(server.url().toString(), credentials));
      api.importImage(TinyRoot.plain(folder.resolve("root")), TAG);
      atoll = add(client(""));
      app = atoll.apps().fromName("attack", options -> options.createIfMissing(true));
      image = atoll.images().fromRegistry(TAG).build(app);
      attacker = Box.of(sandbox(options -> {}));
      neighbour = Box.of(sandbox(options -> options.unencryptedPorts(NEIGHBOUR_PORT)));
      neighbour.shell(
          "echo neighbour > /srv/index.html; httpd -p 0.0.0.0:" + NEIGHBOUR_PORT + " -h /srv");
    } catch (IOException | InterruptedException | RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /**
   * Starts the server and the first sandboxes.
   *
   * @param folder an empty folder for everything
   */
  static Scene open(Tier tier, Path folder, AttackProgram program)
      throws IOException, InterruptedException {
    return new Scene(tier, folder, program);
  }

  private <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  private ServerConfig config() {
    ServerConfig defaults = ServerConfig.defaults(folder.resolve("data"), 0, tier);
    SandboxSettings usual = defaults.sandboxes();
    return defaults
        .withPool(new PoolSettings(1, defaults.pool().memoryReserveBytes()))
        .withNetwork(new NetworkSettings(List.of(), Optional.of(List.of(services.nameServer()))))
        .withSandboxes(
            new SandboxSettings(
                usual.defaultCpuMillis(),
                usual.maximumCpuMillis(),
                usual.defaultMemoryBytes(),
                usual.maximumMemoryBytes(),
                usual.defaultLifetime(),
                usual.maximumLifetime(),
                usual.outputRetention(),
                usual.endedRetention(),
                SPOOL_LIMIT,
                PROCESS_LIMIT,
                usual.disk()));
  }

  private static Credentials credentials(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return new Credentials(value(lines, "token_id="), value(lines, "token_secret="));
  }

  private static String value(List<String> lines, String start) {
    return lines.stream()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()).strip())
        .findFirst()
        .orElseThrow();
  }

  String tier() {
    return tier.label();
  }

  boolean isGvisor() {
    return tier == Tier.GVISOR;
  }

  /** A folder of the host that nothing else uses. */
  Path folder() {
    return folder;
  }

  AttackProgram program() {
    return program;
  }

  HostServices services() {
    return services;
  }

  URI serverUrl() {
    return server.url();
  }

  ServerApi api() {
    return api;
  }

  Credentials credentials() {
    return credentials;
  }

  Atoll atoll() {
    return atoll;
  }

  App app() {
    return app;
  }

  /** The sandbox that attacks. */
  Box attacker() {
    return attacker;
  }

  /** The sandbox that must not notice. It serves HTTP on {@link #NEIGHBOUR_PORT}. */
  Box neighbour() {
    return neighbour;
  }

  /** A file of the host that no sandbox may read or change. */
  Canary canary() {
    return canary;
  }

  /** A client in another environment; the default one for an empty name. */
  Atoll client(String environment) {
    return Atoll.builder()
        .serverUrl(server.url().toString())
        .token(credentials.tokenId(), credentials.tokenSecret())
        .environmentName(environment)
        .build();
  }

  /** Another sandbox of the usual image; the caller ends it. */
  Sandbox sandbox(Consumer<SandboxOptions.Builder> options) {
    return sandbox(image, options);
  }

  /** Another sandbox; the caller ends it. */
  Sandbox sandbox(Image other, Consumer<SandboxOptions.Builder> options) {
    return atoll
        .sandboxes()
        .create(
            app,
            other,
            builder -> {
              builder.command("sleep", "240").timeout(Duration.ofSeconds(240)).workdir("/");
              options.accept(builder);
            });
  }

  /** How long the neighbour and the server took to answer. */
  Duration answers() throws IOException, InterruptedException {
    long start = System.nanoTime();
    if (!neighbour.shell("echo here").equals("here")) {
      throw new IOException("the neighbour answers something else");
    }
    var unused = atoll.apps().fromName("attack");
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Ends everything, also for a thread that is interrupted: nothing may stay on the host. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      while (!parts.isEmpty()) {
        parts.pop().close();
      }
    } catch (Exception failure) {
      throw new IllegalStateException("can't end the attack's server", failure);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
