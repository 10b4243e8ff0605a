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
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./atoll bench}: measures Atoll beside the raw runtimes and writes down every sample. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures Atoll beside raw runsc and runc on this machine, in turns, and prints medians and",
      "ratios. Every sample goes to a file in the results folder."
    })
public final class Main implements Callable<Integer> {
  @Option(
      names = "--tier",
      description = "gvisor or runc; may be given twice (default: both)",
      paramLabel = "TIER")
  private List<String> tiers = List.of("gvisor", "runc");

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

  /** Runs the benchmarks; exits with 0 when all were measured. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = new PrintWriter(System.err, true);
    List<TierRun.Result> measured = new ArrayList<>();
    for (String tier : tiers) {
      Path directory = Files.createTempDirectory("atoll-bench-");
      err.printf("measuring %s beside its raw runtime, %d samples each%n", tier, samples);
      measured.add(new TierRun(tier, Runtimes.binary(tier), samples).run(directory));
    }
    System.out.println(Comparison.heading());
    for (TierRun.Result result : measured) {
      result.comparisons().forEach(comparison -> System.out.println(comparison.line()));
      System.out.printf(
          Locale.ROOT,
          "%-42s %9.0f MiB%n",
          "server memory while streaming, " + result.tier(),
          result.serverGrowthMebibytes());
    }
    err.println("every sample: " + write(measured));
    return 0;
  }

  private Path write(List<TierRun.Result> measured) throws IOException {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("time", Instant.now().toString());
    document.put("machine", Machine.describe());
    document.put("results", measured);
    Files.createDirectories(results);
    Path file = results.resolve("%tF-%<tH%<tM.json".formatted(System.currentTimeMillis()));
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    Files.writeString(file, mapper.writeValueAsString(document));
    return file;
  }
}
