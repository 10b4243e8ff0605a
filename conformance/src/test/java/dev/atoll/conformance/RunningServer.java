package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A server in a process of its own, on a free loopback port, with an empty data folder. */
final class RunningServer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final Pattern EXPORT = Pattern.compile("export (\\w+)='?([^'\\n]*)'?");

  private final Process process;
  private final Path folder;
  private final URI address;

  private RunningServer(Process process, Path folder, URI address) {
    this.process = process;
    this.folder = folder;
    this.address = address;
  }

  /**
   * Starts a server of that tier; {@code folder} is empty and becomes its own. Blocks until it can
   * take work.
   */
  static RunningServer start(String tier, Path folder) throws IOException, InterruptedException {
    Path config = Files.writeString(folder.resolve("config.yaml"), MachineConfig.forTier(tier));
    URI address = URI.create("http://127.0.0.1:" + freePort());
    Process process =
        AtollProcess.command(
                Map.of(),
                "serve",
                "--listen",
                address.getAuthority(),
                "--data-dir",
                folder.resolve("data").toString(),
                "--config",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("server.log").toFile())
            .start();
    RunningServer server = new RunningServer(process, folder, address);
    server.awaitHealth();
    return server;
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

  String dataFolder() {
    return folder.resolve("data").toString();
  }

  /** Ends it as a service manager does, and holds it to its time limit. */
  @Override
  public void close() throws IOException, InterruptedException {
    process.destroy();
    boolean ended = process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    assertThat(ended).as("the server ended within %s of SIGTERM; %s", STOP_LIMIT, log()).isTrue();
  }

  private void awaitHealth() throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(START_LIMIT);
    HttpRequest request = HttpRequest.newBuilder(address.resolve("/healthz")).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!isHealthy(client, request)) {
        if (!process.isAlive()) {
          throw new IOException("the server ended with " + process.exitValue() + "; " + log());
        }
        if (Instant.now().isAfter(deadline)) {
          close();
          throw new IOException("the server was not ready within " + START_LIMIT + "; " + log());
        }
        Thread.sleep(50);
      }
    }
  }

  private static boolean isHealthy(HttpClient client, HttpRequest request)
      throws InterruptedException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notListeningYet) {
      return false;
    }
  }

  private String log() throws IOException {
    return "its log:\n" + Files.readString(folder.resolve("server.log"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
