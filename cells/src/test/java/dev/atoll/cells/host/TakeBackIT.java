package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellEnd;
import dev.atoll.cells.CellException;
import dev.atoll.cells.CellHost;
import dev.atoll.cells.CellHostConfig;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.NetworkPolicy;
import dev.atoll.cells.TakenBack;
import dev.atoll.cells.Tier;
import dev.atoll.cells.cgroup.ControlGroups;
import dev.atoll.errors.AtollException;
import dev.atoll.linux.Mounts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A host goes, its cells stay, and another one goes on with them. Needs root. */
class TakeBackIT {
  private static final CellHostConfig.Network USUAL =
      new CellHostConfig.Network(List.of(), Optional.empty());

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  @Tag("cgroup2")
  void whatRunsGoesOn(Tier tier) throws Exception {
    String id = TestHost.randomId();
    Map<String, Object> before = Census.take(id, Path.of("/run/atoll", id));
    TestHost first = TestHost.open(tier, folder, USUAL, id);
    Cell blank = first.host().boot();
    Cell old = first.claimed(Optional.of(Duration.ofMinutes(5)));
    old.networkPolicy(new NetworkPolicy.Blocked());
    Path mounted = first.mountFile(old, "/mnt", "one");
    Recording counting =
        Recording.start(
            old,
            Recording.shell(
                "i=0; while [ $i -lt 20 ]; do echo $i; i=$((i+1)); sleep 0.1; done; exit 7",
                false));
    Recording reading = Recording.start(old, Recording.shell("cat; echo over; exit 3", true));
    Recording silent = Recording.start(old, Recording.shell("sleep 0.2; exit 4", false));
    counting.awaitOutput();
    Stdin.writeSome(reading, 0, "before ");
    first.host().handOver();
    assertThat(Census.take(id, Path.of("/run/atoll", id))).isNotEqualTo(before);
    Tier other = tier == Tier.GVISOR ? Tier.RUNC : Tier.GVISOR;
    assertThatThrownBy(() -> CellHosts.open(config(other, id), Set.of(old.id())))
        .isInstanceOf(AtollException.class)
        .hasMessageContaining("sandboxes of the tier '%s' still run".formatted(tier.label()));

    try (CellHost second = CellHosts.open(config(tier, id), Set.of(old.id(), blank.id()))) {
      TakenBack taken =
          second.takeBack(old.id(), List.of(counting.kept(), reading.kept(), silent.kept()));
      Cell cell = taken.cell();
      counting.goesOn(taken);
      reading.goesOn(taken);
      assertThat(silent.end()).isEqualTo(new ExecEnd.Exited(4));
      assertThat(cell.id()).isEqualTo(old.id());
      assertThat(cell.address()).isEqualTo(old.address());
      reading.exec().writeStdin(7, ByteBuffer.wrap("after".getBytes(StandardCharsets.UTF_8)), true);
      reading.await();
      assertThat(reading.stdout()).isEqualTo("before afterover\n");
      assertThat(reading.end()).isEqualTo(new ExecEnd.Exited(3));
      counting.await();
      assertThat(counting.stdout()).isEqualTo(numbers(20));
      assertThat(counting.end()).isEqualTo(new ExecEnd.Exited(7));

      assertThat(Recording.output(cell, "cat /mnt/file")).isEqualTo("one");
      Path entry = cell.dockEntry();
      Mounts.tmpfs("data", entry, 1 << 20, "0755");
      Files.writeString(entry.resolve("file"), "two");
      cell.replaceMount(entry, mounted, false);
      assertThat(Recording.output(cell, "cat /mnt/file")).isEqualTo("two");
      assertThat(Recording.sh(cell, "nslookup example.org " + cell.nameServer()).end())
          .isEqualTo(new ExecEnd.Exited(1));
      second.boot().destroy();
      assertThatThrownBy(() -> second.takeBack(blank.id(), List.of()))
          .isInstanceOf(CellException.class);
      assertThatThrownBy(() -> second.takeBack(old.id(), List.of()))
          .isInstanceOf(CellException.class);
    }
    assertThat(Census.take(id, Path.of("/run/atoll", id))).isEqualTo(before);
    first.close();
  }

  @ParameterizedTest
  @EnumSource
  void whatEndedMeanwhileIsTold(Tier tier) throws Exception {
    String id = TestHost.randomId();
    Map<String, Object> before = census(id);
    TestHost first = TestHost.open(tier, folder, USUAL, id);
    Cell aged = first.claimed(Optional.of(Duration.ofMillis(1200)));
    Cell killed = first.claimed();
    Cell paused = first.claimed();
    Recording quick = Recording.start(paused, Recording.shell("sleep 0.3; echo done", false));
    Recording ended = Recording.sh(paused, "exit 9");
    Recording last = Recording.start(aged, Recording.shell("sleep 0.3; echo last; exit 2", false));
    Recording endless = Recording.start(aged, Recording.shell("echo on; sleep 100", false));
    Recording lost = Recording.start(killed, Recording.shell("echo on; sleep 100", false));
    lost.awaitOutput();
    paused.pause();
    first.host().handOver();
    for (long process : processes(id, killed)) {
      ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
    }
    Thread.sleep(1300);

    try (CellHost second =
        CellHosts.open(config(tier, id), Set.of(aged.id(), killed.id(), paused.id(), "c-never"))) {
      TakenBack gone = second.takeBack(killed.id(), List.of(lost.kept()));
      assertThat(gone.cell().ended().get(10, TimeUnit.SECONDS)).isInstanceOf(CellEnd.Crashed.class);
      assertThat(gone.execs()).isEmpty();
      assertThat(lost.end()).isInstanceOf(ExecEnd.CellEnded.class);
      assertThat(lost.stdout()).isEqualTo("on\n");

      TakenBack old = second.takeBack(aged.id(), List.of(last.kept(), endless.kept()));
      assertThat(old.cell().ended().get(10, TimeUnit.SECONDS))
          .isEqualTo(new CellEnd.LifetimeOver());
      assertThat(last.stdout()).isEqualTo("last\n");
      assertThat(last.end()).isEqualTo(new ExecEnd.Exited(2));
      assertThat(endless.stdout()).isEqualTo("on\n");
      assertThat(endless.end()).isInstanceOf(ExecEnd.CellEnded.class);

      TakenBack still = second.takeBack(paused.id(), List.of(quick.kept(), ended.kept()));
      quick.goesOn(still);
      assertThat(still.execs()).hasSize(1);
      quick.await();
      assertThat(quick.stdout()).isEqualTo("done\n");
      for (TakenBack each : List.of(gone, old, still)) {
        each.cell().destroy();
      }
    }
    assertThat(census(id)).isEqualTo(before);
    first.close();
  }

  /** Without zombies: here one process is both hosts, and nobody reaps between them. */
  private static Map<String, Object> census(String id) throws Exception {
    Map<String, Object> census = Census.take(id, Path.of("/run/atoll", id));
    census.remove("children");
    return census;
  }

  private CellHostConfig config(Tier tier, String id) {
    return TestHost.config(tier, folder.resolve("state"), id, USUAL);
  }

  private static List<Long> processes(String id, Cell cell) throws Exception {
    return ControlGroups.open("atoll-" + id).group(cell.id()).processes().stream()
        .map(Integer::longValue)
        .toList();
  }

  private static String numbers(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i).append('\n');
    }
    return text.toString();
  }
}
