package dev.atoll.bench.soak;

import dev.atoll.bench.DataFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One server after the other on a data folder and an address. */
final class SoakServer {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);
  private static final Pattern READY = Pattern.compile("ready on (http://\\S+) \\(");

  private final Path folder;
  private final Path data;
  private final Path log;
  private volatile Process process;
  private long logStart;
  private volatile String url = "http://127.0.0.1:0";

  private SoakServer(Path folder, Process process) {
    this.folder = folder;
    this.data = folder.resolve("data");
    this.log = folder.resolve("server.log");
    this.process = process;
  }

  /**
   * Starts the first server and waits until it takes work.
   *
   * @param folder an empty one, for its configuration, log and data
   */
  static SoakServer start(String tier, Path folder)
      throws IOException, InterruptedException, Violation {
    Files.write(
        folder.resolve("server.yaml"),
        List.of("tier: " + tier, "poolSize: 3", "maximumMemory: 1GiB", "outputRetention: 10m"));
    SoakServer server = new SoakServer(folder, launch(folder, "127.0.0.1:0"));
    try {
      server.awaitStart();
    } catch (Violation notReady) {
      server.kill();
      throw notReady;
    }
    return server;
  }

  /** Starts the next one, and does not wait for it. */
  void launchNext() throws IOException {
    logStart = Files.size(log);
    process = launch(folder, url.substring("http://".length()));
  }

  private static Process launch(Path folder, String listen) throws IOException {
    // In a script's background SIGINT is ignored, also by what is started there.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    // The launcher would build again when somebody edits sources meanwhile.
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.atoll.cli.Main"));
    command.addAll(List.of("serve", "--listen", listen));
    command.addAll(List.of("--data-dir", folder.resolve("data").toString()));
    command.addAll(List.of("--config", folder.resolve("server.yaml").toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile()))
        .start();
  }

  /** Waits until the server takes work. */
  void awaitStart() throws IOException, InterruptedException, Violation {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < end && process.isAlive()) {
      Matcher ready = READY.matcher(said());
      if (ready.find()) {
        url = ready.group(1);
        return;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new Violation(
        process.isAlive()
            ? "a server was not ready within " + START_LIMIT
            : "a server did not start and ended with " + process.exitValue());
  }

  /** What the present server has logged. */
  private String said() throws IOException {
    try (InputStream written = Files.newInputStream(log)) {
      written.skipNBytes(logStart);
      return new String(written.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Ends the server as a crash does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM: it leaves its sandboxes to the next one. */
  void handOver() throws IOException, InterruptedException, Violation {
    new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
    awaitEnd("SIGTERM");
  }

  /** Waits for the end of a server that was told to end; it must end well. */
  void awaitEnd(String told) throws InterruptedException, Violation {
    if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new Violation("a server had not ended " + END_LIMIT + " after " + told);
    }
    if (process.exitValue() != 0) {
      throw new Violation("a server ended with " + process.exitValue() + " after " + told);
    }
  }

  /** The token pair that the first server made. */
  Map<String, String> credentials() throws IOException {
    return DataFolder.credentials(data);
  }

  /** Part of every name that the servers have on the host. */
  String instanceId() throws IOException {
    return DataFolder.instanceId(data);
  }

  String url() {
    return url;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Path data() {
    return data;
  }

  Path log() {
    return log;
  }
}
