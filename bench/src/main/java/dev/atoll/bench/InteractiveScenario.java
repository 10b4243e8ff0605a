package dev.atoll.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Times to interactive through the official client, as the public benchmark of computesdk.com
 * measures them: create, a probe of the sandbox's identity, a second command; one after the other,
 * one every 200 ms, and all at once. Nothing is tried again.
 */
final class InteractiveScenario implements Scenario {
  private static final int WARM_UP = 30;
  private static final long STAGGER_MILLIS = 200;
  // As many boots of the raw runtime at a time as two cores take without slowing each other down
  // more than they gain.
  private static final int RAW_AT_A_TIME = 3;

  private final String tier;
  private final Path runtime;
  private final int samples;
  private final Map<String, Integer> failures = new TreeMap<>();

  InteractiveScenario(String tier, Path runtime, int samples) {
    this.tier = tier;
    this.runtime = runtime;
    this.samples = samples;
  }

  @Override
  public Result run(Path directory) throws IOException, InterruptedException {
    Path root = BusyboxRoot.make(Files.createDirectories(directory.resolve("root")));
    Path raw = Files.createDirectories(directory.resolve("raw"));
    List<Comparison> comparisons = new ArrayList<>();
    try (RawRuntime peer =
        new RawRuntime(tier.equals("gvisor") ? "runsc" : "runc", runtime, raw, root)) {
      try (ServerProcess server =
              ServerProcess.start(tier, List.of("poolSize: 16"), directory.resolve("pool16"));
          InteractiveClient client = connect(server, root, directory.resolve("client16"))) {
        comparisons.add(creates(client, peer));
        comparisons.addAll(split("sequential", sequential(client)));
        comparisons.addAll(split("staggered", count(client.many(samples, STAGGER_MILLIS))));
        server.awaitCells(16);
        comparisons.addAll(burst("pool of 16", client, peer));
      }
      try (ServerProcess server =
              ServerProcess.start(
                  tier, List.of("poolSize: " + samples), directory.resolve("pool" + samples));
          InteractiveClient client = connect(server, root, directory.resolve("client" + samples))) {
        sequential(client, WARM_UP);
        server.awaitCells(samples);
        comparisons.addAll(burst("pool of " + samples, client, peer));
      }
    }
    return new Result(tier, comparisons, OptionalDouble.empty(), failures);
  }

  private static InteractiveClient connect(ServerProcess server, Path root, Path directory)
      throws IOException, InterruptedException {
    ImageImport.run(server.url(), server.credentials(), root, AtollSide.TAG);
    return InteractiveClient.start(server, AtollSide.TAG, directory);
  }

  private Comparison creates(InteractiveClient client, RawRuntime peer)
      throws IOException, InterruptedException {
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int i = -WARM_UP; i < samples; i++) {
      double our = client.createToFirstOutputMillis();
      if (i < 0) {
        continue;
      }
      ours.add(our);
      theirs.add(peer.createToFirstOutputMillis());
    }
    return compare("create to first exec output", ours, theirs);
  }

  private InteractiveClient.Run sequential(InteractiveClient client) throws IOException {
    sequential(client, WARM_UP);
    return count(sequential(client, samples));
  }

  private static InteractiveClient.Run sequential(InteractiveClient client, int count)
      throws IOException {
    List<InteractiveClient.Interactive> sandboxes = new ArrayList<>();
    Map<String, Integer> failed = new TreeMap<>();
    double wall = 0;
    for (int i = 0; i < count; i++) {
      InteractiveClient.Run one = client.many(1, 0);
      sandboxes.addAll(one.sandboxes());
      one.failures().forEach((type, times) -> failed.merge(type, times, Integer::sum));
      wall += one.wallMillis();
    }
    return new InteractiveClient.Run(wall, sandboxes, failed);
  }

  private List<Comparison> burst(String pool, InteractiveClient client, RawRuntime peer)
      throws IOException, InterruptedException {
    String name = "burst of " + samples + ", " + pool;
    InteractiveClient.Run run = count(client.many(samples, 0));
    List<Comparison> comparisons = new ArrayList<>(split(name, run));
    comparisons.add(
        compare(name + ", until all are done", List.of(run.wallMillis()), List.of(rawBurst(peer))));
    return comparisons;
  }

  /**
   * So many boots of the raw runtime, some at a time; none is stopped before the last has begun.
   */
  private double rawBurst(RawRuntime peer) throws IOException, InterruptedException {
    List<Future<?>> boots = new ArrayList<>();
    double millis;
    try (ExecutorService threads = Executors.newFixedThreadPool(RAW_AT_A_TIME)) {
      long start = System.nanoTime();
      for (int i = 0; i < samples; i++) {
        boots.add(
            threads.submit(
                () -> {
                  peer.startAndEcho();
                  return null;
                }));
      }
      for (Future<?> boot : boots) {
        try {
          boot.get();
        } catch (ExecutionException failure) {
          throw new IOException("a boot of the raw runtime failed", failure.getCause());
        }
      }
      millis = (System.nanoTime() - start) / 1e6;
      threads.shutdown();
      boolean _ = threads.awaitTermination(1, TimeUnit.MINUTES);
    }
    peer.stopAll();
    return millis;
  }

  private InteractiveClient.Run count(InteractiveClient.Run run) {
    run.failures().forEach((type, times) -> failures.merge(type, times, Integer::sum));
    return run;
  }

  private List<Comparison> split(String name, InteractiveClient.Run run) {
    if (run.sandboxes().isEmpty()) {
      return List.of();
    }
    return List.of(
        alone(run.samples(name + ": create, " + tier, one -> one.create())),
        alone(run.samples(name + ": first exec, " + tier, one -> one.first() - one.create())),
        alone(run.samples(name + ": second exec, " + tier, one -> one.second() - one.first())),
        alone(run.samples(name + ": all of it, " + tier, one -> one.second())));
  }

  private static Comparison alone(Samples samples) {
    return new Comparison(samples.name(), samples, Optional.empty());
  }

  private Comparison compare(String what, List<Double> ours, List<Double> theirs) {
    String name = what + ", " + tier;
    return new Comparison(
        name,
        new Samples(name + ", official client", "ms", ours),
        Optional.of(new Samples(name + ", raw runtime", "ms", theirs)));
  }
}
