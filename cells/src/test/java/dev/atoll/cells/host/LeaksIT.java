package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellEnd;
import dev.atoll.cells.Tier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing is left on the host: after a cell, after a crash, after the instance. Needs root. */
class LeaksIT {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void destroyedCellsLeaveNothing(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      runOne(host);
      Map<String, Object> before = Census.take(host.instanceId(), folder);
      long descriptors = Census.descriptors();
      for (int i = 0; i < 5; i++) {
        runOne(host);
      }
      assertThat(Census.take(host.instanceId(), folder)).isEqualTo(before);
      assertThat(Census.descriptors()).isEqualTo(descriptors);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closedInstancesLeaveNothing(Tier tier) throws Exception {
    Path one = Files.createDirectory(folder.resolve("one"));
    String id;
    Map<String, Object> before = Census.take("t-no-such", folder);
    try (TestHost host = TestHost.open(tier, one)) {
      id = host.instanceId();
      host.claimed();
      host.host().boot();
      assertThat(Census.take(id, folder)).isNotEqualTo(before);
    }
    assertThat(Census.take(id, folder)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void runtimesKilledFromOutsideAreCrashesAndLeaveNothing(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      runOne(host);
      Map<String, Object> before = Census.take(host.instanceId(), folder);
      Cell cell = host.claimed();
      Recording sleeper = Recording.start(cell, Recording.shell("sleep 100", false));
      Path pidFile = Path.of("/run/atoll", host.instanceId(), "cells", cell.id(), "bundle", "pid");
      long pid = Long.parseLong(Files.readString(pidFile).strip());
      assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
      assertThat(cell.ended().get(10, TimeUnit.SECONDS)).isInstanceOf(CellEnd.Crashed.class);
      assertThat(sleeper.end()).isInstanceOf(dev.atoll.cells.ExecEnd.CellEnded.class);
      cell.destroy();
      assertThat(Census.take(host.instanceId(), folder)).isEqualTo(before);
    }
  }

  private static void runOne(TestHost host) throws Exception {
    Cell cell = host.claimed();
    Recording.start(cell, Recording.shell("sleep 100 & exec sleep 100", false));
    assertThat(Recording.output(cell, "echo x")).isEqualTo("x\n");
    cell.destroy();
  }
}
