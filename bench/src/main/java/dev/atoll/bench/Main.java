package dev.atoll.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./atoll bench}: measures Atoll beside its peers and writes down every sample. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures Atoll on this machine beside what it is compared with, in turns,",
      "and prints medians and ratios. Every sample goes to a file. Scenarios:",
      "  runtime      creates, execs, output, input and files; beside raw runsc",
      "               and runc, and a bare gRPC stream",
      "  interactive  create, an identity probe and a second command through the",
      "               official client (computesdk.com's recipe): one after the",
      "               other, one every 200 ms, all at once; beside raw boots",
      "  tunnel       HTTP requests (wrk) and a download through an unencrypted",
      "               tunnel, beside the same to the sandbox's own address",
      "  snapshot     snapshots with 8 MB and 200 MB changed, and creates from",
      "               one beside creates from its base",
      "  footprint    starts of the server and of `atoll exec`; what the pool's",
      "               cells cost while they wait"
    })
public final class Main implements Callable<Integer> {
  /** The scenarios, as they are called on the command line. */
  private enum Name {
    RUNTIME,
    INTERACTIVE,
    TUNNEL,
    SNAPSHOT,
    FOOTPRINT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How busy the machine was. */
  private record Load(String before, String after) {}

  @Option(
      names = "--tier",
      description = "gvisor or runc; may be given twice (default: both)",
      paramLabel = "TIER")
  private List<String> tiers = List.of("gvisor", "runc");

  @Option(
      names = "--scenario",
      description = "${COMPLETION-CANDIDATES}; may be given several times (default: all)",
      paramLabel = "NAME")
  private List<Name> scenarios = List.of(Name.values());

  @Option(
      names = "--samples",
      defaultValue = "30",
      description = "samples of each figure (default: ${DEFAULT-VALUE})")
  private int samples;

  @Option(
      names = "--results",
      defaultValue = "bench/results",
      description = "folder for the raw results (default: ${DEFAULT-VALUE})")
  private Path results = Path.of("bench/results");

  @Option(
      names = "--draw",
      description = {
        "a result's file: measures nothing, and draws what is in it, beside",
        "  its peers, as SVG; may be given several times"
      },
      paramLabel = "FILE")
  private List<Path> drawn = List.of();

  @Option(
      names = "--chart",
      defaultValue = "docs/performance.svg",
      description = "the drawing (default: ${DEFAULT-VALUE})")
  private Path chart = Path.of("docs/performance.svg");

  /** Runs the benchmarks; exits with 0 when all were measured. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = new PrintWriter(System.err, true);
    if (!drawn.isEmpty()) {
      draw();
      err.println("drawn: " + chart);
      return 0;
    }
    List<Scenario.Result> measured = new ArrayList<>();
    String loadBefore = Machine.load();
    for (String tier : tiers) {
      for (Name name : scenarios) {
        Path directory = Files.createTempDirectory("atoll-bench-");
        err.printf("measuring %s, %s, %d samples each%n", tier, name, samples);
        measured.add(scenario(name, tier).run(directory));
        remove(directory);
      }
    }
    System.out.println(Comparison.heading());
    for (Scenario.Result result : measured) {
      result.comparisons().forEach(comparison -> System.out.println(comparison.line()));
      result
          .serverGrowthMebibytes()
          .ifPresent(
              growth ->
                  System.out.printf(
                      Locale.ROOT,
                      "%-52s %9.0f MiB%n",
                      "server memory while streaming, " + result.tier(),
                      growth));
      result
          .failures()
          .forEach((type, times) -> System.out.printf("failed with %s: %d%n", type, times));
    }
    err.println("every sample: " + write(measured, loadBefore));
    return 0;
  }

  private void draw() throws IOException {
    List<Comparison> comparisons = new ArrayList<>();
    for (Path file : drawn) {
      for (JsonNode result : JsonMapper.shared().readTree(Files.readString(file)).path("results")) {
        for (JsonNode comparison : result.path("comparisons")) {
          comparisons.add(JsonMapper.shared().treeToValue(comparison, Comparison.class));
        }
      }
    }
    Chart.draw(comparisons, chart);
  }

  /** Servers have ended, so nothing is mounted there any more; if it were, that would stay. */
  private static void remove(Path directory) throws IOException, InterruptedException {
    new ProcessBuilder("rm", "-rf", "--one-file-system", directory.toString())
        .inheritIO()
        .start()
        .waitFor();
  }

  private Scenario scenario(Name name, String tier) throws IOException {
    return switch (name) {
      case RUNTIME -> new RuntimeScenario(tier, Runtimes.binary(tier), samples);
      case INTERACTIVE -> new InteractiveScenario(tier, Runtimes.binary(tier), samples);
      case TUNNEL -> new TunnelScenario(tier, samples);
      case SNAPSHOT -> new SnapshotScenario(tier, samples);
      case FOOTPRINT -> new FootprintScenario(tier, samples);
    };
  }

  private Path write(List<Scenario.Result> measured, String loadBefore) throws IOException {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("time", Instant.now().toString());
    document.put("load", new Load(loadBefore, Machine.load()));
    document.put("machine", Machine.describe());
    document.put("results", measured);
    Files.createDirectories(results);
    Path file = results.resolve("%tF-%<tH%<tM.json".formatted(System.currentTimeMillis()));
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    Files.writeString(file, mapper.writeValueAsString(document));
    return file;
  }
}
