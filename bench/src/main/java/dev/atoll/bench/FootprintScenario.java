package dev.atoll.bench;

import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** What a server costs that waits: its start, the cells of its pool, and the command line. */
final class FootprintScenario implements Scenario {
  private static final int CELLS = 16;
  private static final long WATCHED_MILLIS = 10_000;
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");
  private static final boolean UNIFIED = Files.exists(GROUPS.resolve("cgroup.controllers"));

  private final String tier;
  private final int samples;

  FootprintScenario(String tier, int samples) {
    this.tier = tier;
    this.samples = samples;
  }

  @Override
  public Result run(Path directory) throws IOException, InterruptedException {
    Path root = BusyboxRoot.make(Files.createDirectories(directory.resolve("root")));
    Path data = directory.resolve("server");
    List<Comparison> comparisons = new ArrayList<>();
    List<Double> starts = new ArrayList<>();
    for (int i = -1; i < Math.min(samples, 10); i++) {
      long start = System.nanoTime();
      try (ServerProcess server = ServerProcess.start(tier, List.of("poolSize: 0"), data)) {
        double millis = (System.nanoTime() - start) / 1e6;
        if (i >= 0) { // The first one makes the data folder.
          starts.add(millis);
        }
      }
    }
    comparisons.add(alone("server start until it takes work", "ms", starts));
    try (ServerProcess server =
            ServerProcess.start(tier, List.of("poolSize: " + CELLS), directory.resolve("waiting"));
        AtollSide atoll = AtollSide.connect(server, root);
        Sandbox sandbox = atoll.sandbox()) {
      comparisons.add(alone("atoll exec of true, as a process", "ms", execs(server, sandbox)));
      sandbox.terminateAndWait();
      server.awaitCells(CELLS);
      comparisons.addAll(waiting(server));
    }
    return new Result(tier, comparisons, OptionalDouble.empty());
  }

  private List<Double> execs(ServerProcess server, Sandbox sandbox)
      throws IOException, InterruptedException {
    List<String> command =
        List.of(
            System.getenv("ATOLL_HOME") + "/atoll",
            "exec",
            "--data-dir",
            server.dataDirectory().toString(),
            sandbox.id(),
            "--",
            "/bin/true");
    List<Double> millis = new ArrayList<>();
    for (int i = -3; i < samples; i++) {
      long start = System.nanoTime();
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      byte[] said = process.getInputStream().readAllBytes();
      if (process.waitFor() != 0) {
        throw new IOException("atoll exec failed: " + new String(said, StandardCharsets.UTF_8));
      }
      if (i >= 0) {
        millis.add((System.nanoTime() - start) / 1e6);
      }
    }
    return millis;
  }

  /** CPU and memory of each cell's control group, as the kernel counts them. */
  private List<Comparison> waiting(ServerProcess server) throws IOException, InterruptedException {
    List<Path> accounting = cells(server, "cpuacct");
    List<Double> before = accounting.stream().map(FootprintScenario::cpuMillis).toList();
    Thread.sleep(WATCHED_MILLIS);
    List<Double> shares = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      double millis = cpuMillis(accounting.get(i)) - before.get(i);
      shares.add(100 * millis / WATCHED_MILLIS);
    }
    List<Double> memory =
        cells(server, "memory").stream()
            .map(group -> number(group, UNIFIED ? "memory.current" : "memory.usage_in_bytes"))
            .map(bytes -> bytes / (1 << 20))
            .toList();
    return List.of(
        alone("a waiting cell's CPU, of a core", "%", shares),
        alone("a waiting cell's memory", "MiB", memory));
  }

  /** The cells' groups, in the hierarchy of version 1 with that controller, or in version 2's. */
  private static List<Path> cells(ServerProcess server, String controller) throws IOException {
    Path hierarchy = UNIFIED ? GROUPS : GROUPS.resolve(controller);
    String instance = "atoll-" + DataFolder.instanceId(server.dataDirectory());
    try (Stream<Path> groups = Files.list(hierarchy.resolve(instance))) {
      return groups
          .filter(Files::isDirectory)
          .filter(group -> !group.getFileName().toString().endsWith("-boot"))
          .sorted()
          .toList();
    }
  }

  private static double cpuMillis(Path group) {
    return UNIFIED
        ? number(group, "cpu.stat") / 1e3 // Its first line is "usage_usec NUMBER".
        : number(group, "cpuacct.usage") / 1e6;
  }

  /** The number at the end of a file's first line. */
  private static double number(Path group, String file) {
    try (Stream<String> lines = Files.lines(group.resolve(file))) {
      String line = lines.findFirst().orElseThrow();
      return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  private Comparison alone(String what, String unit, List<Double> values) {
    return new Comparison(
        what + ", " + tier, new Samples(what + ", " + tier, unit, values), Optional.empty());
  }
}
