package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A sandbox, and the control group in which the host has its processes: the guest agent's among
 * them.
 */
record SandboxOnHost(Sandbox sandbox, Path group) {
  /** Creates a sandbox on a server that starts no other cell meanwhile. */
  static SandboxOnHost create(RunningServer server, Supplier<Sandbox> create) throws IOException {
    Set<Path> before = groups(server.instanceId());
    Sandbox sandbox = create.get();
    Set<Path> after = groups(server.instanceId());
    after.removeAll(before);
    for (Path group : after) {
      if (!processes(group).isEmpty()) {
        return new SandboxOnHost(sandbox, group);
      }
    }
    throw new IOException("no control group of " + sandbox.id() + " is among " + after);
  }

  /** Sends a signal, such as {@code STOP}, to all that runs of it. */
  void signal(String name) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    command.addAll(processes(group));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  /** Waits until nothing of it runs. */
  void awaitNoProcess() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (Files.exists(group) && !processes(group).isEmpty()) {
      assertThat(System.nanoTime()).as("it still runs").isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static List<String> processes(Path group) throws IOException {
    return Files.readAllLines(group.resolve("cgroup.procs"));
  }

  /** Those of all cells, of the unified hierarchy, or of each of version 1. */
  static Set<Path> groups(String instanceId) throws IOException {
    Set<Path> groups = new TreeSet<>();
    try (Stream<Path> hierarchies =
        Stream.concat(
            Stream.of(Path.of("/sys/fs/cgroup")), Files.list(Path.of("/sys/fs/cgroup")))) {
      for (Path all : hierarchies.map(each -> each.resolve("atoll-" + instanceId)).toList()) {
        if (Files.isDirectory(all)) {
          try (Stream<Path> children = Files.list(all)) {
            children.filter(Files::isDirectory).forEach(groups::add);
          }
        }
      }
    }
    return groups;
  }
}
