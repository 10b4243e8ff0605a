package dev.atoll.bench.soak;

import dev.atoll.bench.BusyboxRoot;
import dev.atoll.bench.ImageImport;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A soak of one tier. */
final class Soak {
  private static final String TAG = "soak-root:1";
  private static final Duration PROGRESS = Duration.ofSeconds(10);
  private static final Duration LONGEST_DOING = Duration.ofMinutes(7);

  private final String tier;
  private final Duration load;
  private final int workers;
  private final long seed;
  private final Path folder;
  private final PrintWriter progress;
  private final Tally tally = new Tally();
  private final Gaps gaps = new Gaps();
  private int said;

  /**
   * Describes one; {@link #run} does it.
   *
   * @param load how long the server is loaded, after a first round
   * @param folder an empty one for the server's data and log
   * @param progress gets a line every ten seconds
   */
  Soak(String tier, Duration load, int workers, long seed, Path folder, PrintWriter progress) {
    this.tier = tier;
    this.load = load;
    this.workers = workers;
    this.seed = seed;
    this.folder = folder;
    this.progress = progress;
  }

  /** Runs it. Whatever is wrong is in the report. */
  Report run() throws IOException, InterruptedException, SQLException {
    Report report = none();
    try {
      SoakServer server = SoakServer.start(tier, folder);
      try {
        report = on(server);
      } finally {
        endAnyway(server);
      }
    } catch (Violation violation) {
      tally.violated(violation);
    }
    return new Report(
        tier,
        seed,
        report.seconds(),
        tally.counts(),
        tally.calls(),
        tally.repetitions(),
        report.server(),
        report.host(),
        report.rows(),
        tally.violations());
  }

  private Report none() {
    return new Report(
        tier, seed, 0, Map.of(), Map.of(), Map.of(), "", Map.of(), Map.of(), List.of());
  }

  private Report on(SoakServer server)
      throws IOException, InterruptedException, SQLException, Violation {
    Path root = BusyboxRoot.make(Files.createDirectory(folder.resolve("root")));
    Files.createDirectories(root.resolve("data"));
    Files.createDirectories(root.resolve("mnt"));
    Map<String, String> credentials = server.credentials();
    ImageImport.run(server.url(), credentials, root, TAG);
    try (Atoll atoll =
            Atoll.builder()
                .serverUrl(server.url())
                .token(
                    credentials.getOrDefault("token_id", ""),
                    credentials.getOrDefault("token_secret", ""))
                .build();
        Admin admin = new Admin(server.url(), credentials);
        HttpClient http = HttpClient.newHttpClient()) {
      App app = atoll.apps().fromName("soak", options -> options.createIfMissing(true));
      World world =
          new World(
              tier,
              atoll,
              admin,
              app,
              atoll.images().fromRegistry(TAG).build(app),
              http,
              new PatientClient(gaps, tally),
              new History());
      return on(server, world);
    }
  }

  private Report on(SoakServer server, World world)
      throws IOException, InterruptedException, SQLException, Violation {
    say("first round");
    round(world, Duration.ZERO);
    Calm before = Calm.bringAbout(server, world, folder, host -> true);
    say("an idle server has " + before.host().counts());
    server.launchNext();
    server.awaitStart();

    Restarts restarts = new Restarts(server, gaps, tally, new Random(seed));
    Thread restarting = Thread.ofPlatform().name("restarts").start(restarts);
    // The last server lives for a third of the time, to be compared with the first.
    CompletableFuture.delayedExecutor(load.toMillis() * 2 / 3, TimeUnit.MILLISECONDS)
        .execute(restarts::stop);
    long start = System.nanoTime();
    try {
      round(world, load);
    } finally {
      // Whoever ends the server afterwards must be the only one who starts and ends servers.
      restarts.stop();
      restarting.join();
    }
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();

    say("ending all that is left");
    Calm after =
        Calm.bringAbout(server, world, folder, host -> host.excessOver(before.host()).isEmpty());
    int remembered = after.stored().remembered() - before.stored().remembered();
    after
        .inside()
        .excessOver(before.inside(), remembered)
        .forEach(more -> tally.violated("grown: " + more));
    after.host().excessOver(before.host()).forEach(more -> tally.violated("left: " + more));
    after.stored().excessOver(before.stored()).forEach(more -> tally.violated("left: " + more));
    return new Report(
        tier,
        seed,
        seconds,
        Map.of(),
        Map.of(),
        Map.of(),
        after.inside().comparedWith(before.inside()),
        after.host().counts(),
        after.stored().rows(),
        List.of());
  }

  /** Lets workers work for that time; without any each ends after its first sessions. */
  private void round(World world, Duration time) throws InterruptedException {
    boolean first = time.isZero();
    List<Worker> all = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      List<Ending> endings = new ArrayList<>();
      for (int e = i; first && e < Ending.values().length; e += workers) {
        endings.add(Ending.values()[e]);
      }
      String name = (first ? "f" : "w") + i;
      Worker worker = new Worker(world, name, new Random(seed * 31 + name.hashCode()), endings);
      if (first) {
        worker.stop();
      }
      all.add(worker);
      threads.add(Thread.ofPlatform().daemon().name("worker-" + name).start(worker));
    }
    try {
      watch(all, threads, time);
    } finally {
      all.forEach(Worker::stop);
    }
  }

  /** Until all have ended. */
  private void watch(List<Worker> all, List<Thread> threads, Duration time)
      throws InterruptedException {
    long start = System.nanoTime();
    while (threads.stream().anyMatch(Thread::isAlive)) {
      long left = time.toNanos() - (System.nanoTime() - start);
      if (left <= 0 || tally.isHopeless()) {
        all.forEach(Worker::stop);
      }
      long pause = left > 0 ? Math.min(left, PROGRESS.toNanos()) : PROGRESS.toNanos();
      join(threads, Duration.ofNanos(pause));
      sayNewViolations();
      say(counts());
      for (Worker worker : all) {
        worker
            .stuckFor(LONGEST_DOING)
            .ifPresent(
                where -> {
                  tally.violated("stuck: " + where);
                  worker.interrupt();
                });
      }
    }
  }

  private static void join(List<Thread> threads, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (Thread thread : threads) {
      long left = end - System.nanoTime();
      if (left > 0) {
        var _ = thread.join(Duration.ofNanos(left));
      }
    }
  }

  private void sayNewViolations() {
    List<Tally.Found> found = tally.violations();
    found.subList(said, found.size()).forEach(one -> say("VIOLATION: " + one.what()));
    said = found.size();
  }

  private String counts() {
    return "%s; calls repeated: %d; violations: %d"
        .formatted(
            tally.counts(),
            tally.repetitions().values().stream().mapToLong(Long::longValue).sum(),
            tally.violations().size());
  }

  private void say(String what) {
    progress.printf("%tT soak %s: %s%n", System.currentTimeMillis(), tier, what);
  }

  /** After a failure: a drain that is left undone would leave sandboxes behind. */
  private void endAnyway(SoakServer server) throws IOException, InterruptedException, Violation {
    if (!server.isAlive()) {
      if (HostThings.of(server.instanceId(), server.data()).all().isEmpty()) {
        return;
      }
      server.launchNext();
      server.awaitStart();
    }
    new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
    server.awaitEnd("SIGINT");
  }
}
