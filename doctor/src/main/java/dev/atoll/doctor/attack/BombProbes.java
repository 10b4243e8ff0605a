package dev.atoll.doctor.attack;

import dev.atoll.doctor.attack.Probe.Trial;
import dev.atoll.sdk.AtollException;
import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Sandboxes that take what they can get, within bounds. While one does, its neighbour and the
 * server must go on answering; where an amount is limited, it must not be had.
 */
final class BombProbes {
  private static final String GROUP = "bombs";
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private BombProbes() {}

  static List<Probe> all() {
    List<Probe> probes = new ArrayList<>();
    limited(probes, "bomb-processes", Integer.toString(Scene.PROCESS_LIMIT + 88));
    limited(probes, "bomb-memory", "160");
    loud(probes, "bomb-disk", "64");
    loud(probes, "bomb-inodes", "1500");
    loud(probes, "bomb-descriptors", "4000");
    loud(probes, "bomb-output", "24");
    loud(probes, "bomb-processor", "6");
    probes.add(new Probe("bomb-ports", GROUP, BombProbes::ports));
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

  /** Runs a bomb in a sandbox of its own, and asks others meanwhile. */
  private static Blast explode(Scene scene, List<String> words)
      throws IOException, InterruptedException {
    try (Sandbox sandbox = scene.sandbox(options -> options.memoryMiB(96).memoryLimitMiB(96))) {
      Box box = Box.of(sandbox);
      CompletableFuture<Outcome> bomb = new CompletableFuture<>();
      Thread.ofPlatform().daemon().start(() -> complete(bomb, box, words));
      Duration longest = Duration.ZERO;
      do {
        Duration one = scene.answers();
        longest = one.compareTo(longest) > 0 ? one : longest;
        Thread.sleep(50);
      } while (!bomb.isDone());
      return new Blast(bomb.join(), longest);
    }
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
