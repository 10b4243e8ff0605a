package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.sdk.Atoll;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server in a process of its own, on a free loopback port, with a data folder of its own. */
final class RunningServer implements AutoCloseable {
  private static final String CONFIG = "config.yaml";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final Pattern EXPORT = Pattern.compile("export (\\w+)='?([^'\\n]*)'?");
  private static final Pattern READY = Pattern.compile("ready on (http://\\S+) \\(");

  private final Process process;
  private final String tier;
  private final Path folder;
  private final URI address;
  private final Optional<KeptSocket> socket;
  private final List<String> flags;
  private final Map<String, String> environment;
  private @Nullable Path trusted;

  private RunningServer(
      Process process,
      String tier,
      Path folder,
      URI address,
      Optional<KeptSocket> socket,
      List<String> flags,
      Map<String, String> environment) {
    this.socket = socket;
    this.flags = flags;
    this.environment = environment;
    this.process = process;
    this.tier = tier;
    this.folder = folder;
    this.address = address;
  }

  /**
   * Starts a server of that tier. Blocks until it can take work.
   *
   * @param folder where data, configuration and log are: empty, or that of a server that has ended
   */
  static RunningServer start(String tier, Path folder) throws IOException, InterruptedException {
    return start(tier, folder, "");
  }

  /** {@link #start(String, Path)} with further lines of configuration. */
  static RunningServer start(String tier, Path folder, String settings)
      throws IOException, InterruptedException {
    return start(tier, folder, settings, "127.0.0.1:0");
  }

  /** {@link #start(String, Path, String)}, on another address. */
  static RunningServer start(String tier, Path folder, String settings, String listen)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve(CONFIG), MachineConfig.forTier(tier) + settings);
    return run(tier, folder, listen, Optional.empty(), List.of(), Map.of());
  }

  /** {@link #start(String, Path, String)}; it, and those after it, in JVMs with further flags. */
  static RunningServer start(String tier, Path folder, String settings, List<String> flags)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve(CONFIG), MachineConfig.forTier(tier) + settings);
    return run(tier, folder, "127.0.0.1:0", Optional.empty(), flags, Map.of());
  }

  /** {@link #start(String, Path)}, on a socket that stays. */
  static RunningServer start(String tier, Path folder, KeptSocket socket)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve(CONFIG), MachineConfig.forTier(tier));
    return run(tier, folder, "127.0.0.1:0", Optional.of(socket), List.of(), Map.of());
  }

  /** {@link #start(String, Path, String)}; it, and those after it, with further variables. */
  static RunningServer start(
      String tier, Path folder, String settings, Map<String, String> environment)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve(CONFIG), MachineConfig.forTier(tier) + settings);
    return run(tier, folder, "127.0.0.1:0", Optional.empty(), List.of(), environment);
  }

  private static RunningServer run(
      String tier,
      Path folder,
      String listen,
      Optional<KeptSocket> socket,
      List<String> flags,
      Map<String, String> environment)
      throws IOException, InterruptedException {
    Path log = folder.resolve("server.log");
    // Where this program runs in a script's background SIGINT is ignored, also by what it starts.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(command(folder, listen, flags).command());
    Process process =
        new ProcessBuilder(socket.map(kept -> kept.passedTo(command)).orElse(command))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Instant deadline = Instant.now().plus(START_LIMIT);
    while (true) {
      boolean ended = !process.isAlive();
      String said = Files.readString(log);
      var ready = READY.matcher(said);
      if (ready.find()) {
        return new RunningServer(
            process, tier, folder, URI.create(ready.group(1)), socket, flags, environment);
      }
      if (ended || Instant.now().isAfter(deadline)) {
        process.destroyForcibly().waitFor();
        throw new IOException("the server was not ready within " + START_LIMIT + ": " + said);
      }
      Thread.sleep(20);
    }
  }

  private static ProcessBuilder command(Path folder, String listen, List<String> flags) {
    return AtollProcess.command(
        flags,
        Map.of(),
        "serve",
        "--listen",
        listen,
        "--data-dir",
        folder.resolve("data").toString(),
        "--config",
        folder.resolve(CONFIG).toString());
  }

  /** What a server on the folder of this one, which has ended, says when it can't start. */
  CommandOutcome failedStart() throws IOException, InterruptedException {
    return AtollProcess.outcome(command(folder, address.getAuthority(), flags), new byte[0]);
  }

  /** The next server on the folder and the address of this one, which has ended. */
  RunningServer next() throws IOException, InterruptedException {
    return run(tier, folder, address.getAuthority(), socket, flags, environment);
  }

  /** The variables that {@code atoll env} prints for an official client. */
  Map<String, String> clientEnvironment() throws IOException, InterruptedException {
    Map<String, String> variables = new TreeMap<>();
    EXPORT
        .matcher(AtollProcess.run("env", "--data-dir", dataFolder()))
        .results()
        .forEach(line -> variables.put(line.group(1), line.group(2)));
    assertThat(variables)
        .containsKeys("MODAL_SERVER_URL", "MODAL_TOKEN_ID", "MODAL_TOKEN_SECRET")
        .containsEntry("MODAL_SERVER_URL", address.toString());
    return variables;
  }

  /**
   * A file with the certificates that clients on this machine trust anyway, and the one that {@code
   * atoll ca} prints: what NODE_EXTRA_CA_CERTS shall name.
   */
  Path trusted() throws IOException, InterruptedException {
    Path known = trusted;
    if (known != null) {
      return known;
    }
    String own = AtollProcess.run("ca", "--data-dir", dataFolder());
    String usual = System.getenv("NODE_EXTRA_CA_CERTS");
    String others = usual == null ? "" : Files.readString(Path.of(usual)) + "\n";
    known = Files.writeString(folder.resolve("trusted.pem"), others + own);
    trusted = known;
    return known;
  }

  /** A client with the token pair of the data folder. */
  Atoll client() throws IOException {
    return client(settings -> {});
  }

  /** {@link #client()} with further settings. */
  Atoll client(Consumer<Atoll.Builder> settings) throws IOException {
    Atoll.Builder builder =
        Atoll.builder()
            .serverUrl(address.toString())
            .token(credential("token_id"), credential("token_secret"));
    settings.accept(builder);
    return builder.build();
  }

  /** A line of the file {@code credentials}. */
  String credential(String key) throws IOException {
    return Files.readAllLines(data().resolve("credentials")).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  String dataFolder() {
    return data().toString();
  }

  /**
   * {@link #close()}, and removes the data folder: JUnit would be slow to remove a base image, and
   * warn about each of its links.
   */
  void discard() throws IOException, InterruptedException {
    close();
    TinyRoot.run("rm", "-rf", dataFolder());
  }

  /** What {@link #start} was given. */
  Path folder() {
    return folder;
  }

  Path data() {
    return folder.resolve("data");
  }

  URI address() {
    return address;
  }

  long pid() {
    return process.pid();
  }

  /** What is part of every name that the server has on the host. */
  String instanceId() throws IOException {
    return Files.readString(data().resolve("instance-id")).strip();
  }

  String log() throws IOException {
    return "its log:\n" + Files.readString(folder.resolve("server.log"));
  }

  /** The status of {@code GET /healthz}; 0 when nobody answers. */
  int health() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/healthz")).timeout(Duration.ofSeconds(5)).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException closed) {
      return 0;
    }
  }

  /** What {@code GET /metrics} answers to that secret of the data folder's token. */
  String metrics(String secret) throws IOException, InterruptedException {
    String pair = credential("token_id") + ":" + secret;
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/metrics"))
            .header(
                "authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  /** Sends a signal, such as {@code TERM}, and returns at once. */
  void signal(String name) throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    assertThat(status).as("kill -%s of the server", name).isZero();
  }

  /** Waits for the end, and holds the server to its time limit; its exit code. */
  int awaitEnd() throws IOException, InterruptedException {
    boolean ended = process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    assertThat(ended).as("the server ended within %s; %s", STOP_LIMIT, log()).isTrue();
    return process.exitValue();
  }

  /** Ends it as a crash does: it can clear nothing. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /**
   * Ends it with all its sandboxes, unless it has ended already; it must end well, in time, and
   * leave nothing on the host.
   */
  @Override
  public void close() throws IOException, InterruptedException {
    if (!process.isAlive()) {
      return;
    }
    signal("INT");
    assertThat(awaitEnd()).as("exit code; %s", log()).isZero();
    assertThat(Leftovers.of(instanceId(), dataFolder())).as("left; %s", log()).isEmpty();
  }
}
