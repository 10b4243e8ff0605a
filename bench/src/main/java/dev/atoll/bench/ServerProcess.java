package dev.atoll.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server of its own, in a process of its own, with a data folder that is empty at first. */
final class ServerProcess implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(5);
  private static final Duration SETTLE = Duration.ofSeconds(5);

  private final Process process;
  private final Path dataDirectory;
  private final String url;

  private ServerProcess(Process process, Path dataDirectory, String url) {
    this.process = process;
    this.dataDirectory = dataDirectory;
    this.url = url;
  }

  /**
   * Starts a server on a free port of the loopback address and waits until it takes work.
   *
   * @param tier the tier of its cells
   * @param settings further lines of its configuration
   * @param directory for its configuration, log and data: empty, or that of a server that has ended
   */
  static ServerProcess start(String tier, List<String> settings, Path directory)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Path data = directory.resolve("data");
    Path config = directory.resolve("server.yaml");
    Path log = directory.resolve("server.log");
    List<String> lines = new ArrayList<>(settings);
    lines.add("tier: " + tier);
    Files.write(config, lines);
    // As users start it; the launcher becomes the server, so the process is the server's. In a
    // script's background SIGINT is ignored, also by what is started there.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(List.of(System.getenv("ATOLL_HOME") + "/atoll", "serve"));
    command.addAll(List.of("--listen", "127.0.0.1:0", "--data-dir", data.toString()));
    command.addAll(List.of("--config", config.toString()));
    Path pid = data.resolve("server.pid");
    Files.deleteIfExists(pid); // That of a server before.
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    long deadline = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < deadline && process.isAlive()) {
      if (Files.exists(pid)) {
        List<String> answer = Files.readAllLines(pid, StandardCharsets.UTF_8);
        if (answer.size() >= 2) {
          return new ServerProcess(process, data, answer.get(1));
        }
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    process.destroyForcibly().waitFor();
    throw new IOException("the " + tier + " server did not start; its log is " + log);
  }

  String url() {
    return url;
  }

  Path dataDirectory() {
    return dataDirectory;
  }

  /** The token pair that the server made at its first start. */
  Map<String, String> credentials() throws IOException {
    return DataFolder.credentials(dataDirectory);
  }

  /** Blocks until so many cells wait for creates, and the last of them has had time to settle. */
  void awaitCells(int count) throws IOException, InterruptedException {
    Path cells = Path.of("/run/atoll", DataFolder.instanceId(dataDirectory), "cells");
    long deadline = System.nanoTime() + START.toNanos();
    while (count(cells) < count) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the pool has " + count(cells) + " cells of " + count);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    TimeUnit.MILLISECONDS.sleep(SETTLE.toMillis());
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.count();
    }
  }

  /** The memory of the server's process that is resident now, in bytes (proc_pid_status(5)). */
  long residentBytes() throws IOException {
    for (String line :
        Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new IOException("no VmRSS for process " + process.pid());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    // SIGTERM would leave the sandboxes to another server.
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
