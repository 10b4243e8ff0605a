package dev.atoll.doctor.attack;

import dev.atoll.doctor.attack.Probe.Trial;
import dev.atoll.sdk.AtollException;
import dev.atoll.sdk.ErrorCode;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Sandboxes that take what they can get, within bounds. While one does, its neighbour and the
 * server must go on answering; where an amount is limited, it must not be had.
 */
final class BombProbes {
  private static final String GROUP = "bombs";
  private static final int DISK_MIB = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final long MOST_ENTRIES = 20_000;
  private static final ReentrantLock ONE_TABLE = new ReentrantLock();

  private BombProbes() {}

  static List<Probe> all() {
    List<Probe> probes = new ArrayList<>();
    limited(probes, "bomb-processes", Integer.toString(Scene.PROCESS_LIMIT + 88));
    limited(probes, "bomb-memory", "160");
    stored(probes, "bomb-disk", "64");
    stored(probes, "bomb-inodes", "12000");
    loud(probes, "bomb-descriptors", "4000");
    loud(probes, "bomb-output", "24");
    loud(probes, "bomb-processor", "6");
    probes.add(new Probe("bomb-ports", GROUP, BombProbes::ports));
    probes.add(new Probe("bomb-connections", GROUP, BombProbes::connections));
    probes.add(new Probe("bomb-signals", GROUP, BombProbes::signals));
    return probes;
  }

  /** What came of a bomb: how far it came, and how long others had to wait meanwhile. */
  private record Blast(Outcome outcome, Duration longest) {
    boolean noticed() {
      return longest.compareTo(PATIENCE) > 0;
    }

    Outcome asNoise() {
      String took = "others were answered within " + longest.toMillis() + " ms (";
      return noticed()
          ? Outcome.succeeded(took + outcome.reason() + ")")
          : Outcome.refused(took + outcome.reason() + ")");
    }
  }

  private static void limited(List<Probe> probes, String id, String amount) {
    probes.add(
        new Probe(
            id,
            GROUP,
            scene -> {
              Blast blast = explode(scene, List.of(id, amount));
              return new Trial.Result(
                  blast.outcome().succeeded() ? blast.outcome() : blast.asNoise(),
                  ProgramProbes.control(scene.program(), id, amount));
            }));
  }

  /** What fills a sandbox's disk, where that has a limit; elsewhere there is nothing to hold. */
  private static void stored(List<Probe> probes, String id, String amount) {
    probes.add(
        new Probe(
            id,
            GROUP,
            scene -> {
              try {
                Blast blast =
                    explode(
                        scene,
                        List.of(id, amount),
                        () -> {},
                        options -> options.diskLimitMiB(DISK_MIB));
                return new Trial.Result(
                    blast.outcome().succeeded() ? blast.outcome() : blast.asNoise(),
                    ProgramProbes.control(scene.program(), id, amount));
              } catch (AtollException unlimited) {
                if (unlimited.code() != ErrorCode.UNIMPLEMENTED) {
                  throw unlimited;
                }
                Outcome outcome = Outcome.refused(String.valueOf(unlimited.getMessage()));
                return new Trial.Result(outcome, Control.of("a sandbox with a limit", outcome));
              }
            }));
  }

  private static void loud(List<Probe> probes, String id, String amount) {
    probes.add(
        new Probe(
            id,
            GROUP,
            scene ->
                new Trial.Result(
                    explode(scene, List.of(id, amount)).asNoise(),
                    Control.construction(
                        "whoever shares what is taken here would wait; the amount is small"))));
  }

  private static Trial.Result ports(Scene scene) throws Exception {
    String server = NetworkProbes.nameServer(scene);
    Blast blast = explode(scene, List.of("bomb-ports", "6000", server));
    Outcome names = NetworkProbes.neighbourAsks(scene, "7100");
    return new Trial.Result(
        names.succeeded() ? blast.asNoise() : Outcome.succeeded("the neighbour gets no names"),
        Control.construction("in one network namespace both would have the same ports"));
  }

  /** The host has one table of connections: a sandbox may have a small part of it. */
  private static Trial.Result connections(Scene scene) throws Exception {
    // The sandbox of another tier takes its part of the same table.
    ONE_TABLE.lockInterruptibly();
    try {
      long most = Math.min(MOST_ENTRIES, connectionTable("max") / 2);
      long before = connectionTable("count");
      List<Outcome> names = new ArrayList<>();
      String server = NetworkProbes.nameServer(scene);
      Blast blast =
          explode(
              scene,
              List.of("bomb-connections", "60000", server),
              () -> names.add(NetworkProbes.neighbourAsks(scene, "7101")));
      return new Trial.Result(
          taken(blast, names, connectionTable("count") - before, most),
          Control.construction("without a bound each is an entry, until the table is full"));
    } finally {
      ONE_TABLE.unlock();
    }
  }

  private static Outcome taken(Blast blast, List<Outcome> names, long entries, long most) {
    if (entries > most) {
      return Outcome.succeeded(
          "the host's table of connections got %d more entries, and not at most %d"
              .formatted(entries, most));
    }
    return names.stream().allMatch(Outcome::succeeded)
        ? blast.asNoise()
        : Outcome.succeeded("the neighbour gets no names");
  }

  private static long connectionTable(String setting) throws IOException {
    Path file = Path.of("/proc/sys/net/netfilter/nf_conntrack_" + setting);
    // In one read, as 'readString' does not: the kernel gives the rest of a number to no second
    // one.
    return Long.parseLong(Files.readAllLines(file).getFirst());
  }

  private static Trial.Result signals(Scene scene) throws Exception {
    Process canary = new ProcessBuilder("sleep", "60").start();
    try {
      Blast blast = explode(scene, List.of("bomb-signals"));
      return new Trial.Result(
          canary.isAlive()
              ? blast.asNoise()
              : Outcome.succeeded("a process of the host was signalled"),
          ProgramProbes.control(scene.program(), "bomb-signals", "victim"));
    } finally {
      canary.destroyForcibly();
    }
  }

  private static Blast explode(Scene scene, List<String> words) throws Exception {
    return explode(scene, words, () -> {});
  }

  private static Blast explode(Scene scene, List<String> words, Question question)
      throws Exception {
    return explode(scene, words, question, options -> {});
  }

  /** What else is asked while a bomb goes off. */
  @FunctionalInterface
  private interface Question {
    void ask() throws Exception;
  }

  /** Runs a bomb in a sandbox of its own, and asks others meanwhile. */
  private static Blast explode(
      Scene scene, List<String> words, Question question, Consumer<SandboxOptions.Builder> bounds)
      throws Exception {
    try (Sandbox sandbox =
        scene.sandbox(
            options -> {
              options.memoryMiB(96).memoryLimitMiB(96);
              bounds.accept(options);
            })) {
      Box box = Box.of(sandbox);
      CompletableFuture<Outcome> bomb = new CompletableFuture<>();
      Thread.ofPlatform().daemon().start(() -> complete(bomb, box, words));
      Duration longest = Duration.ZERO;
      do {
        Duration one = scene.answers();
        longest = one.compareTo(longest) > 0 ? one : longest;
        question.ask();
      } while (!hasEnded(bomb));
      return new Blast(bomb.join(), longest);
    }
  }

  /** Waits a moment for that, so that asking is not a bomb itself. */
  private static boolean hasEnded(CompletableFuture<Outcome> bomb) throws InterruptedException {
    try {
      var unused = bomb.get(50, TimeUnit.MILLISECONDS);
    } catch (TimeoutException running) {
      return false;
    } catch (ExecutionException failed) {
      return true;
    }
    return true;
  }

  /** A bomb may take its own sandbox along, and so the answer. */
  private static void complete(CompletableFuture<Outcome> bomb, Box box, List<String> words) {
    try {
      bomb.complete(box.explode(words));
    } catch (AtollException gone) {
      bomb.complete(Outcome.refused("the sandbox ended itself: " + gone.getMessage()));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      bomb.completeExceptionally(stopped);
    } catch (IOException | RuntimeException failure) {
      bomb.completeExceptionally(failure);
    }
  }
}
