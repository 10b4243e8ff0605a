package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Creates find a sandbox each, whatever became of the blank cells that wait for them. */
class PoolIT {
  private static final int SIZE = 3;
  private static final Pattern WAITING = Pattern.compile("(?m)^atoll_pool_cells (\\d+)\\.0$");
  private static final Pattern STARTS =
      Pattern.compile("(?m)^atoll_sandbox_start_seconds_count\\{pooled=\"(\\w+)\"\\} (\\d+)$");

  @ParameterizedTest
  @ValueSource(strings = {"runc", "gvisor"})
  @Timeout(120)
  void everyCreateGetsItsSandbox(String tier, @TempDir Path folder)
      throws IOException, InterruptedException {
    RunningServer server = RunningServer.start(tier, folder, "poolSize: " + SIZE + "\n");
    try (Atoll client = server.client()) {
      try (Wire wire = Wire.to(server)) {
        wire.importImage(TinyRoot.folder(folder.resolve("root")), "tiny:1");
      }
      App app = client.apps().fromName("pool", options -> options.createIfMissing(true));
      Image image = client.images().fromRegistry("tiny:1");

      awaitWaiting(server, SIZE);
      burst(client, app, image, 3 * SIZE);
      assertThat(starts(server, "true")).isGreaterThanOrEqualTo(SIZE);
      assertThat(starts(server, "true") + starts(server, "false")).isEqualTo(3 * SIZE);

      awaitWaiting(server, SIZE);
      Set<String> cells = cells(server);
      assertThat(cells).hasSize(SIZE);
      long pooled = starts(server, "true");
      kill(server);
      burst(client, app, image, SIZE);
      awaitWaiting(server, SIZE);
      assertThat(cells(server)).doesNotContainAnyElementsOf(cells);
      assertThat(starts(server, "true") - pooled).isLessThanOrEqualTo(SIZE);

      server.kill();
      Files.writeString(
          folder.resolve("config.yaml"),
          Files.readString(folder.resolve("config.yaml")) + "poolMemoryReserve: 1TiB\n");
      server = server.next();
      burst(client, app, image, SIZE);
      assertThat(starts(server, "true")).isZero();
      assertThat(starts(server, "false")).isEqualTo(SIZE);
      assertThat(waiting(server)).isZero();
    } finally {
      server.close();
    }
  }

  /** So many creates at once, each with an exec; all of them are ended again. */
  private static void burst(Atoll client, App app, Image image, int count) {
    List<CompletableFuture<String>> outputs =
        IntStream.range(0, count)
            .mapToObj(
                number ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          try (Sandbox sandbox = client.sandboxes().create(app, image)) {
                            String output =
                                sandbox.exec("echo", Integer.toString(number)).readText();
                            sandbox.terminateAndWait();
                            return output;
                          }
                        },
                        task -> Thread.ofVirtual().start(task)))
            .toList();
    List<String> expected = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      expected.add(number + "\n");
    }
    assertThat(outputs).extracting(CompletableFuture::join).isEqualTo(expected);
  }

  private static void awaitWaiting(RunningServer server, int count)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (waiting(server) != count || cells(server).size() != count) {
      assertThat(System.nanoTime()).as("time for the pool").isLessThan(deadline);
      Thread.sleep(100);
    }
  }

  private static int waiting(RunningServer server) throws IOException, InterruptedException {
    Matcher found = WAITING.matcher(server.metrics(server.credential("token_secret")));
    assertThat(found.find()).isTrue();
    return Integer.parseInt(found.group(1));
  }

  private static long starts(RunningServer server, String pooled)
      throws IOException, InterruptedException {
    return STARTS
        .matcher(server.metrics(server.credential("token_secret")))
        .results()
        .filter(found -> found.group(1).equals(pooled))
        .mapToLong(found -> Long.parseLong(found.group(2)))
        .sum();
  }

  /** The names of the control groups that have processes: one for each cell. */
  private static Set<String> cells(RunningServer server) throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path group : groups(server)) {
      if (!processes(group).isEmpty()) {
        names.add(group.getFileName().toString());
      }
    }
    return names;
  }

  /** All processes of all cells, at once. */
  private static void kill(RunningServer server) throws IOException {
    for (Path group : groups(server)) {
      for (String pid : processes(group)) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  private static List<String> processes(Path group) throws IOException {
    try {
      return Files.readAllLines(group.resolve("cgroup.procs"));
    } catch (NoSuchFileException ended) {
      return List.of();
    }
  }

  /** Those of cells; in the hierarchy of the pids controller, or the only one there is. */
  private static List<Path> groups(RunningServer server) throws IOException {
    Path root = Path.of("/sys/fs/cgroup");
    Path hierarchy = Files.exists(root.resolve("pids")) ? root.resolve("pids") : root;
    Path own = hierarchy.resolve("atoll-" + server.instanceId());
    try (Stream<Path> groups = Files.list(own)) {
      return groups
          .filter(Files::isDirectory)
          .filter(group -> !group.endsWith("forwarder"))
          .toList();
    }
  }
}
