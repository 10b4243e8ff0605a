package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Parsers of what strangers send, under a coverage-guided fuzzer (Jazzer), from their seeds: ten
 * seconds for all, or as many as {@code -Dfuzz.seconds} says for the one that {@code -Dfuzz.target}
 * names. What it learns stays in {@code target/fuzz} until the next {@code mvn clean}, and so does
 * the input of a finding.
 */
class FuzzIT {
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 10);
  private static final String TARGET = System.getProperty(FuzzTarget.CHOICE, "");

  private static final Pattern EXECUTED = Pattern.compile("stat::number_of_executed_units: (\\d+)");

  @TempDir Path scratch;

  @Test
  void nothingThatStrangersSendBreaksAParserOrItsRules() throws Exception {
    Path folder = Path.of("target/fuzz", TARGET.isEmpty() ? "all" : TARGET).toAbsolutePath();
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    List<FuzzTarget> targets = FuzzTarget.chosen();
    int count = 0;
    for (int number = 0; number < targets.size(); number++) {
      List<byte[]> seeds = targets.get(number).seeds();
      count += seeds.size();
      for (int i = 0; i < seeds.size(); i++) {
        Files.write(
            corpus.resolve("seed-" + targets.get(number) + "-" + i),
            FuzzTarget.addressed(number, seeds.get(i)));
      }
    }
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command(folder, corpus))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(SECONDS + 60L, TimeUnit.SECONDS)).as("it ends").isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
      Matcher executed = EXECUTED.matcher(Files.readString(log));
      assertThat(executed.find()).as("it says what it did").isTrue();
      assertThat(Long.parseLong(executed.group(1))).isGreaterThan(count);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private List<String> command(Path folder, Path corpus) {
    List<String> command = new ArrayList<>(AtollProcess.java());
    command.addAll(
        List.of(
            "-XX:+EnableDynamicAgentLoading",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-Djava.io.tmpdir=" + scratch,
            "-D" + FuzzTarget.CHOICE + "=" + TARGET,
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + ParsersFuzz.class.getName(),
            "--instrumentation_includes=dev.atoll.**",
            "--custom_hook_includes=dev.atoll.**",
            "--reproducer_path=" + folder,
            "-artifact_prefix=" + folder + "/",
            "-max_total_time=" + SECONDS,
            "-max_len=8192",
            "-timeout=10",
            "-print_final_stats=1",
            corpus.toString()));
    return command;
  }
}
