package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.doctor.attack.Corpus;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator learns of a machine, and of the isolation on it. Needs root. */
@Tag("alone")
class DoctorIT {
  private static final List<String> TIERS = List.of("gvisor", "runc");

  @Test
  void theMachineThatTestsRunOnIsFit() throws IOException, InterruptedException {
    CommandOutcome outcome = doctor("--json");
    List<JsonNode> findings = findings(outcome);
    assertThat(findings)
        .extracting(finding -> finding.path("id").asString())
        .contains("kernel", "cgroups", "programs", "nftables", "runsc", "runc", "disk", "seccomp")
        .doesNotHaveDuplicates();
    assertThat(findings)
        .allSatisfy(
            finding -> {
              assertThat(finding.path("level").asString()).isIn("ok", "warn");
              assertThat(finding.path("found").asString()).isNotBlank();
              if (finding.path("level").asString().equals("warn")) {
                assertThat(finding.path("advice").asString()).isNotBlank();
              }
            });
    assertThat(outcome.status()).isZero();
  }

  @Test
  void whatIsMissingFailsWithAdvice() throws IOException, InterruptedException {
    ProcessBuilder builder = AtollProcess.command(Map.of("ATOLL_RUNSC", "/bin/true"), "doctor");
    CommandOutcome outcome = AtollProcess.outcome(builder, new byte[0]);
    assertThat(outcome.status()).isOne();
    assertThat(outcome.text())
        .containsPattern("fail +runsc +/bin/true, from ATOLL_RUNSC, says no version")
        .contains("quickstart");
  }

  @Test
  void nothingGetsOutOfASandboxOfEitherTier() throws IOException, InterruptedException {
    CommandOutcome outcome = doctor("--attack", "--json");
    List<JsonNode> findings = findings(outcome);
    assertThat(findings)
        .as(outcome.errors())
        .allSatisfy(
            finding -> {
              assertThat(finding.path("verdict").asString()).isIn("held", "not-run");
              assertThat(finding.path("reason").asString()).isNotBlank();
              assertThat(finding.path("control").asString()).isNotBlank();
            });
    for (String tier : TIERS) {
      List<JsonNode> ofTier =
          findings.stream().filter(f -> f.path("tier").asString().equals(tier)).toList();
      assertThat(ofTier)
          .extracting(finding -> finding.path("id").asString())
          .containsExactlyInAnyOrderElementsOf(Corpus.ids());
      assertThat(ofTier.stream().filter(f -> f.path("verdict").asString().equals("held")))
          .hasSizeGreaterThan(100);
    }
    assertThat(outcome.status()).as(outcome.errors()).isZero();
  }

  /** The same attempts where nothing stops them: a probe that can't succeed proves nothing. */
  @Test
  void theSameAttemptsSucceedWithoutASandboxAndAreReported()
      throws IOException, InterruptedException {
    CommandOutcome outcome = doctor("--attack", "--without-sandbox", "--json");
    List<JsonNode> findings = findings(outcome);
    TreeSet<String> broken = new TreeSet<>();
    findings.stream()
        .filter(finding -> finding.path("verdict").asString().equals("broken"))
        .forEach(finding -> broken.add(finding.path("id").asString()));
    assertThat(broken)
        .contains(
            "mount-tmpfs",
            "chroot-escape",
            "proc-core-pattern",
            "setuid-file",
            "init-memory",
            "namespace-user")
        .hasSizeGreaterThan(60);
    assertThat(outcome.status()).isOne();
  }

  private static CommandOutcome doctor(String... arguments)
      throws IOException, InterruptedException {
    String[] words = new String[arguments.length + 1];
    words[0] = "doctor";
    System.arraycopy(arguments, 0, words, 1, arguments.length);
    return AtollProcess.outcome(words);
  }

  private static List<JsonNode> findings(CommandOutcome outcome) {
    JsonNode list = JsonMapper.shared().readTree(outcome.text());
    assertThat(list.isArray()).as(outcome.toString()).isTrue();
    return list.valueStream().toList();
  }
}
