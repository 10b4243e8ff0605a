package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import dev.atoll.conformance.FaultDebugger.Hold;
import dev.atoll.conformance.FaultTable.Round;
import dev.atoll.conformance.FaultTable.Row;
import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server is killed at each transition of its state, and the next one repairs: what was asked for
 * again has one effect, and in the end nothing is left.
 */
class FaultPointsIT {
  private static final Duration REACH_LIMIT = Duration.ofSeconds(30);

  @Test
  void whereverTheServerDiesTheNextOneRepairs(@TempDir Path folder) throws Exception {
    List<Executable> checks = new ArrayList<>();
    try (FaultDebugger debugger = FaultDebugger.listen()) {
      RunningServer server = RunningServer.start("runc", folder, "poolSize: 1\n", debugger.flags());
      try {
        debugger.attach();
        StoredThings before;
        String sharedId;
        try (FaultServer first = FaultServer.of(server, folder, "")) {
          var _ =
              first.wire().importImage(TinyRoot.folder(folder.resolve("root")), FaultServer.IMAGE);
          sharedId = first.wire().control().sandboxCreate(first.shared()).getSandboxId();
          try (Sandbox shared = first.atoll().sandboxes().fromId(sharedId)) {
            var _ = shared.exec("true").waitFor();
          }
          before = StoredThings.of(server);
        }
        for (Round round : FaultTable.rounds()) {
          Map<Row, FaultScenario> cut = cutAll(debugger, server, round.rows(), folder, sharedId);
          if (round.repair().isPresent()) {
            killWhileItRepairs(debugger, server, round.repair().get());
          }
          server = server.next();
          debugger.attach();
          try (FaultServer next = FaultServer.of(server, folder, sharedId)) {
            for (Map.Entry<Row, FaultScenario> each : cut.entrySet()) {
              checks.add(checked(each.getKey(), each.getValue(), next, server));
            }
          }
        }
        assertAll(checks);
        server.close();
        before.areAllThatIsLeft();
      } finally {
        debugger.release();
        server.close();
      }
    }
  }

  /** Runs the operations of a round, each to its point, and kills the server. */
  private static Map<Row, FaultScenario> cutAll(
      FaultDebugger debugger, RunningServer server, List<Row> round, Path folder, String sharedId)
      throws Exception {
    Map<Row, FaultScenario> scenarios = new LinkedHashMap<>();
    try (FaultServer dying = FaultServer.of(server, folder, sharedId)) {
      for (Row row : round) {
        FaultScenario scenario = row.scenario().get();
        scenarios.put(row, scenario);
        hold(debugger, dying, row, scenario);
      }
      server.kill();
    }
    for (FaultScenario scenario : scenarios.values()) {
      scenario.cut();
    }
    return scenarios;
  }

  private static void hold(
      FaultDebugger debugger, FaultServer server, Row row, FaultScenario scenario)
      throws Exception {
    scenario.prepare(server);
    Hold hold = debugger.hold(row.point());
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    Thread.ofPlatform()
        .daemon()
        .name(row.name())
        .start(
            () -> {
              try {
                scenario.act(server);
              } catch (Exception | AssertionError cut) {
                failures.add(cut);
              }
            });
    assertThat(hold.await(REACH_LIMIT))
        .as("reached: %s; %s; %s", row.name(), failures, server.server().log())
        .isTrue();
    scenario.held(server);
  }

  /** The death of one that repairs what the death before has left. */
  private static void killWhileItRepairs(
      FaultDebugger debugger, RunningServer server, FaultPoint point) throws Exception {
    Hold hold = debugger.holdAtStart(point);
    Thread starting =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    var _ = server.next();
                  } catch (IOException | InterruptedException killed) {
                    return;
                  }
                });
    debugger.attach();
    assertThat(hold.await(REACH_LIMIT)).as("reached: %s", point).isTrue();
    Set<String> processes = MarkedProcesses.with(server.dataFolder());
    assertThat(processes).as("the server that repairs").hasSize(1);
    for (String process : processes) {
      long pid = Long.parseLong(process.split(" ")[0]);
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
    starting.join();
  }

  /** What became of an operation, found out now and told at the end, with that of all others. */
  private static Executable checked(
      Row row, FaultScenario scenario, FaultServer door, RunningServer server) throws IOException {
    try {
      scenario.check(door);
      return () -> {};
    } catch (Exception | AssertionError wrong) {
      String told = row.name() + ": " + wrong.getMessage() + "; " + server.log();
      return () -> {
        throw new AssertionError(told, wrong);
      };
    }
  }
}
