package dev.atoll.bench.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./atoll soak}: random work while the server is killed, and nothing may be lost. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description = {
      "Loads a server of its own with random work: sandboxes that run, exit, are",
      "killed, idle, time out or run out of memory; execs, files, tunnels,",
      "snapshots, mounts. Meanwhile the server is killed (SIGKILL) and replaced",
      "(SIGTERM) at random moments. Every acknowledged byte must be there, and at",
      "the end nothing may be left. Exits with 1 if anything was wrong, and says",
      "what and where the server's log is. Ctrl-C ends the servers, too, and leaves",
      "nothing."
    })
public final class Main implements Callable<Integer> {
  private static final Set<String> TIERS = Set.of("gvisor", "runc");

  @Option(
      names = "--minutes",
      required = true,
      description = "how long the load lasts, such as 0.5 or 60; a minute or two are added")
  private double minutes;

  @Option(
      names = "--tier",
      description = "gvisor or runc; twice: both at once (default: gvisor)",
      paramLabel = "TIER")
  private List<String> tiers = List.of("gvisor");

  @Option(
      names = "--seed",
      description = "makes the same choices again, though not the same timing (default: random)")
  private @Nullable Long seed;

  @Option(
      names = "--workers",
      defaultValue = "6",
      description = "how many sandboxes are worked with at once (default: ${DEFAULT-VALUE})")
  private int workers = 6;

  @Option(names = "--json", description = "a file for the report", paramLabel = "FILE")
  private @Nullable Path json;

  @Spec private @Nullable CommandSpec spec;

  private final PrintWriter out = new PrintWriter(System.out, true);

  /** Runs the soak; exits with 0 if nothing was wrong. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    check();
    long chosen = Optional.ofNullable(seed).orElseGet(() -> ThreadLocalRandom.current().nextLong());
    out.println("seed " + chosen);
    Path folder = Files.createTempDirectory("atoll-soak-");
    Thread worker = Thread.currentThread();
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(worker, ended), "soak-stop"));
    try {
      return report(soak(chosen, folder), chosen, folder);
    } catch (InterruptedException stopped) {
      remove(folder);
      throw stopped;
    } finally {
      ended.countDown();
    }
  }

  /** After Ctrl-C: servers end before this process does. */
  private static void stop(Thread worker, CountDownLatch ended) {
    worker.interrupt();
    try {
      var _ = ended.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Report> soak(long chosen, Path folder)
      throws InterruptedException, ExecutionException {
    List<Report> reports = new ArrayList<>();
    try (ExecutorService soaks = Executors.newCachedThreadPool()) {
      try {
        List<Future<Report>> running = new ArrayList<>();
        for (String tier : tiers) {
          running.add(soaks.submit(() -> soak(tier, chosen, folder)));
        }
        for (Future<Report> report : running) {
          reports.add(report.get());
        }
      } finally {
        soaks.shutdownNow();
      }
    }
    return reports;
  }

  private int report(List<Report> reports, long chosen, Path folder)
      throws IOException, InterruptedException {
    Path file = json;
    if (file != null) {
      JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
      Files.writeString(file, mapper.writeValueAsString(reports));
    }
    reports.forEach(this::summary);
    if (reports.stream().anyMatch(report -> !report.violations().isEmpty())) {
      out.println("what the servers have logged is kept in " + folder + "; seed " + chosen);
      return 1;
    }
    remove(folder);
    return 0;
  }

  /** Servers have ended, so nothing is mounted there any more; if it were, that would stay. */
  private static void remove(Path folder) throws IOException, InterruptedException {
    HostThings.run("rm", "-rf", "--one-file-system", folder.toString());
  }

  /** Before anything starts. */
  private void check() {
    String wrong = "";
    if (!TIERS.containsAll(tiers)) {
      wrong = "--tier is gvisor or runc, not " + String.join(", ", tiers);
    } else if (!(minutes > 0)) {
      wrong = "--minutes must be greater than 0";
    } else if (workers < 1) {
      wrong = "--workers must be at least 1";
    }
    if (!wrong.isEmpty()) {
      throw new ParameterException(Objects.requireNonNull(spec).commandLine(), wrong);
    }
  }

  private Report soak(String tier, long chosen, Path folder)
      throws IOException, InterruptedException, SQLException {
    Duration load = Duration.ofMillis((long) (minutes * 60_000));
    Path own = Files.createDirectory(folder.resolve(tier));
    return new Soak(tier, load, workers, chosen, own, out).run();
  }

  private void summary(Report report) {
    out.printf("%n%s, %d s of load, seed %d%n", report.tier(), report.seconds(), report.seed());
    report.done().forEach((kind, count) -> out.printf("  %8d  %s%n", count, kind));
    out.println("calls:");
    report.calls().forEach((kind, count) -> out.printf("  %8d  %s%n", count, kind));
    out.println("repeated while no server was there:");
    report.repeated().forEach((kind, count) -> out.printf("  %8d  %s%n", count, kind));
    out.println("server: " + report.server());
    out.println("host, idle: " + report.host());
    out.println("rows: " + report.rows());
    out.println("violations: " + report.violations().size());
    report.violations().forEach(found -> out.println("  " + found.time() + " " + found.what()));
  }
}
