package dev.atoll.cli;

import dev.atoll.doctor.attack.AttackRun;
import dev.atoll.doctor.attack.Finding;
import dev.atoll.doctor.machine.MachineCheck;
import dev.atoll.doctor.machine.MachineFinding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Checks whether this machine can run sandboxes, and what would make it safer. Needs no server.",
      "With --attack it starts a server of its own, and sandboxes that try to get out of themselves or at "
          + "others: devices, mounts, the kernel's files and calls, known escapes, the guest agent, networks, "
          + "paths, tokens, and bombs. Everything stays on this machine and is harmless where it succeeds. "
          + "Needs root; takes about a minute. SECURITY.md says what each attempt is about.",
      "Exit code 1: a check has failed, or an isolation is broken."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Surroundings surroundings;

  @Option(names = "--attack", description = "Attack sandboxes of a server of its own.")
  private boolean attack;

  @Option(
      names = "--tier",
      paramLabel = "TIER",
      description = "With --attack: gvisor or runc alone. Default: both.")
  private @Nullable String tier;

  @Option(
      names = "--without-sandbox",
      description =
          "With --attack: make the attempts where nothing stops them, in scratch namespaces of this "
              + "machine, to see that they are noticed. What succeeds is reported as broken.")
  private boolean withoutSandbox;

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Whose disk space is checked. Default: $ATOLL_DATA_DIR, else /var/lib/atoll.")
  private @Nullable Path dataDir;

  DoctorCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (attack) {
      return attack();
    }
    if (withoutSandbox || tier != null) {
      throw new CliException("--tier and --without-sandbox belong to --attack: add it");
    }
    Path folder =
        Optional.ofNullable(dataDir)
            .orElseGet(() -> DataFolder.usual(surroundings.environment()).path());
    List<MachineFinding> findings = MachineCheck.run(surroundings.environment(), folder);
    if (json) {
      print(findings.stream().map(DoctorCommand::fields).toList());
    } else {
      findings.forEach(this::tell);
    }
    return findings.stream().anyMatch(f -> f.level() == MachineFinding.Level.FAIL) ? 1 : 0;
  }

  private void tell(MachineFinding finding) {
    surroundings
        .out()
        .printf("%-4s  %-16s  %s%n", finding.level().label(), finding.id(), finding.found());
    if (!finding.advice().isEmpty()) {
      surroundings.out().printf("%-4s  %-16s  -> %s%n", "", "", finding.advice());
    }
  }

  private int attack() throws IOException, InterruptedException {
    if (!MachineCheck.isRoot()) {
      throw new CliException("--attack needs root: use sudo");
    }
    if (withoutSandbox && tier != null) {
      throw new CliException("--without-sandbox has no tier: leave --tier out");
    }
    if (tier != null && !AttackRun.tiers().contains(tier)) {
      throw new CliException("--tier is gvisor or runc, not '" + tier + "'");
    }
    if (dataDir != null) {
      throw new CliException("--attack has a data folder of its own: leave --data-dir out");
    }
    // Before anything logs: this command tells what happens in its own words.
    System.setProperty("atoll.log.level", "ERROR");
    Thread worker = Thread.currentThread();
    CountDownLatch cleared = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stop(worker, cleared), "atoll-doctor-stop"));
    List<Finding> findings;
    try (AttackRun run = AttackRun.open()) {
      findings = attack(run);
    } finally {
      cleared.countDown();
    }
    if (json) {
      print(findings.stream().map(DoctorCommand::fields).toList());
    } else {
      new AttackReport(surroundings.out()).print(findings, withoutSandbox);
    }
    return findings.stream().anyMatch(f -> f.verdict() == Finding.Verdict.BROKEN) ? 1 : 0;
  }

  private List<Finding> attack(AttackRun run) throws IOException, InterruptedException {
    if (withoutSandbox) {
      return run.attackWithoutSandbox();
    }
    String given = tier;
    List<String> tiers = given == null ? AttackRun.tiers() : List.of(given);
    surroundings
        .err()
        .println("atoll: attacking sandboxes of the tiers " + String.join(", ", tiers) + " ...");
    return run.attack(tiers, this::progress);
  }

  /** Sandboxes and their server end before the process does. */
  private static void stop(Thread worker, CountDownLatch cleared) {
    worker.interrupt();
    try {
      var unused = cleared.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void progress(Finding finding) {
    String what = finding.tier() + " " + finding.id();
    if (finding.verdict() == Finding.Verdict.BROKEN) {
      surroundings.err().println("atoll: BROKEN " + what + ": " + finding.reason());
    } else if (!json) {
      surroundings.err().println("atoll: " + finding.verdict().label() + " " + what);
    }
  }

  private void print(List<Map<String, String>> findings) {
    surroundings.out().println(JSON.writeValueAsString(findings));
  }

  private static Map<String, String> fields(MachineFinding finding) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("id", finding.id());
    fields.put("level", finding.level().label());
    fields.put("found", finding.found());
    fields.put("advice", finding.advice());
    return fields;
  }

  private static Map<String, String> fields(Finding finding) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("id", finding.id());
    fields.put("tier", finding.tier());
    fields.put("verdict", finding.verdict().label());
    fields.put("reason", finding.reason());
    fields.put("control", finding.control());
    return fields;
  }
}
