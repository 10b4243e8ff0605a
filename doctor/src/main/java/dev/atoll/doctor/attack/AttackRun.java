package dev.atoll.doctor.attack;

import dev.atoll.cells.Tier;
import dev.atoll.cells.process.Command;
import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Attacks sandboxes of servers that it starts for that, and removes everything afterwards. Needs
 * root. What it sends stays on this machine: on loopback, on the links of its sandboxes, and in
 * namespaces of its own.
 */
public final class AttackRun implements AutoCloseable {
  private final Path folder;
  private final AttackProgram program;

  private AttackRun(Path folder, AttackProgram program) {
    this.folder = folder;
    this.program = program;
  }

  /** Makes a temporary folder for the run. */
  public static AttackRun open() throws IOException {
    Path folder = Files.createTempDirectory("atoll-doctor-");
    return new AttackRun(folder, AttackProgram.in(folder));
  }

  /** The tiers' names, in the order in which they are attacked when nothing else is asked for. */
  public static List<String> tiers() {
    List<String> labels = new ArrayList<>();
    for (Tier tier : Tier.values()) {
      labels.add(tier.label());
    }
    return labels;
  }

  /**
   * Starts a server of the tier, makes every attempt, and ends the server. Blocks for half a minute
   * or so.
   *
   * @param tier {@code gvisor} or {@code runc}
   * @param told is given each finding as it comes
   * @return all of them
   * @throws AtollException when the tier can't run here: the message says what is missing
   */
  public List<Finding> attack(String tier, Consumer<Finding> told)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    try (Scene scene = Scene.open(tier(tier), folder.resolve(tier), program)) {
      for (Probe probe : Corpus.probes()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        Finding finding = probe.run(scene);
        findings.add(finding);
        told.accept(finding);
      }
    }
    return findings;
  }

  /**
   * Makes the attempts of the program in new namespaces of the host, with no sandbox around them:
   * what succeeds there is reported as broken, which shows that the probes can tell.
   */
  public List<Finding> attackWithoutSandbox() throws IOException, InterruptedException {
    return ProgramProbes.withoutSandbox(program);
  }

  private static Tier tier(String label) {
    for (Tier tier : Tier.values()) {
      if (tier.label().equals(label)) {
        return tier;
      }
    }
    throw AtollException.invalid("the tier '%s' is neither gvisor nor runc", label);
  }

  /** Removes the folder. */
  @Override
  public void close() throws IOException {
    try {
      var unused = Command.of("rm", "-rf", "--one-file-system", folder.toString()).run();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
