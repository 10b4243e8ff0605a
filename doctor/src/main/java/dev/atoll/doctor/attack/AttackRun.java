package dev.atoll.doctor.attack;

import dev.atoll.cells.Tier;
import dev.atoll.cells.process.Command;
import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Attacks sandboxes of servers that it starts for that, and removes everything afterwards. Needs
 * root. What it sends stays on this machine: on loopback, on the links of its sandboxes, and in
 * namespaces of its own.
 */
public final class AttackRun implements AutoCloseable {
  private final Path folder;
  private final AttackProgram program;

  /** Servers lock files of the host while they start and end, which two of one process can't. */
  private final ReentrantLock oneServer = new ReentrantLock();

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
   * Starts a server of each tier, makes every attempt, and ends the servers; all tiers at once.
   * Blocks for half a minute or so. Interrupted, it ends the servers first.
   *
   * @param tiers {@code gvisor}, {@code runc}, or both
   * @param told is given each finding as it comes, by several threads
   * @return all of them, tier by tier
   * @throws AtollException when a tier can't run here: the message says what is missing
   */
  public List<Finding> attack(List<String> tiers, Consumer<Finding> told)
      throws IOException, InterruptedException {
    List<Tier> wanted = tiers.stream().map(AttackRun::tier).toList();
    List<Future<List<Finding>>> runs = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(wanted.size())) {
      try {
        wanted.forEach(tier -> runs.add(threads.submit(() -> attack(tier, told))));
        for (Future<List<Finding>> run : runs) {
          findings.addAll(run.get());
        }
      } catch (ExecutionException failed) {
        throw asFailure(failed);
      } finally {
        threads.shutdownNow();
      }
    }
    return findings;
  }

  private static IOException asFailure(ExecutionException failed) {
    return switch (failed.getCause()) {
      case IOException failure -> failure;
      case RuntimeException failure -> throw failure;
      case null, default -> new IOException("the attack was cut short", failed.getCause());
    };
  }

  private List<Finding> attack(Tier tier, Consumer<Finding> told)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    Scene scene = open(tier);
    try {
      for (Probe probe : Corpus.probes()) {
        Finding finding = probe.run(scene);
        // What is cut short proves nothing.
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        findings.add(finding);
        told.accept(finding);
      }
    } finally {
      close(scene);
    }
    return findings;
  }

  private Scene open(Tier tier) throws IOException, InterruptedException {
    oneServer.lockInterruptibly();
    try {
      return Scene.open(tier, folder.resolve(tier.label()), program);
    } finally {
      oneServer.unlock();
    }
  }

  private void close(Scene scene) {
    oneServer.lock();
    try {
      scene.close();
    } finally {
      oneServer.unlock();
    }
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
