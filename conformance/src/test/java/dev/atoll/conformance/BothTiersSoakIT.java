package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A short {@code ./atoll soak} of both tiers at once, with another seed each time. */
class BothTiersSoakIT {
  private static final List<String> ARGUMENTS =
      List.of("--minutes", "3", "--workers", "3", "--tier", "gvisor", "--tier", "runc");

  @Test
  void nothingIsLostAndNothingIsLeft(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path reports = folder.resolve("reports.json");
    List<String> command = new ArrayList<>(AtollProcess.java());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "dev.atoll.bench.soak.Main"));
    command.addAll(ARGUMENTS);
    command.addAll(List.of("--json", reports.toString()));
    Process soak = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> said = new ArrayList<>();
    soak.inputReader().lines().peek(System.out::println).forEach(said::add);

    assertThat(soak.waitFor()).as(String.join("\n", said)).isZero();
    JsonNode tiers = JsonMapper.shared().readTree(reports);
    assertThat(tiers.valueStream().map(report -> report.path("tier").asString()))
        .containsExactly("gvisor", "runc");
    for (JsonNode report : tiers) {
      assertThat(report.path("violations").isArray()).isTrue();
      assertThat(report.path("violations")).isEmpty();
      assertThat(report.path("seconds").asInt()).isGreaterThanOrEqualTo(180);
      assertThat(report.path("done").propertyNames())
          .contains("write a file", "ended: TERMINATED")
          .anyMatch(kind -> kind.startsWith("server "));
    }
  }
}
