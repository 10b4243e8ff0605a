package dev.atoll.cells.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.Limits;
import dev.atoll.cells.process.GroupKiller;
import dev.atoll.linux.ProcessWatcher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Groups with processes of the host in them, in the version that this machine has. Needs root. */
@Tag("alone")
@Tag("cgroup2")
@Timeout(120)
class ControlGroupsIT {
  private static final String BUSY = "while :; do :; done";
  private static final Limits USUAL = new Limits(200L << 20, 64_000, 1000, 100);

  private final List<Process> started = new ArrayList<>();
  private String instance = "";
  private ControlGroups groups;
  private ProcessWatcher watcher;

  @BeforeEach
  void open() throws IOException {
    instance = "atoll-t" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 36), 36);
    groups = ControlGroups.open(instance);
    watcher = ProcessWatcher.start();
  }

  @AfterEach
  void removeAll() throws IOException, InterruptedException {
    for (ControlGroup group : groups.list()) {
      new GroupKiller(watcher).killAll(group);
      group.remove();
    }
    for (Process process : started) {
      process.waitFor();
    }
    watcher.close();
    groups.remove();
  }

  @Test
  void aBusyMachineIsSharedByWeight() throws IOException, InterruptedException {
    ControlGroup more = busy("more");
    ControlGroup less = busy("less");
    more.limit(new Limits(200L << 20, 64_000, 800, 100));
    less.limit(new Limits(200L << 20, 64_000, 200, 100));
    assertThat(ratio(more, less)).as("shares of 800 and 200").isBetween(2.0, 8.0);
    less.giveWay(false);
    more.giveWay(true);
    assertThat(ratio(less, more)).as("one gives way").isGreaterThan(6);
    more.giveWay(false);
    // What ran a whole tick at a tiny weight has to wait until the other has had as much for its
    // own.
    double equal = ratio(less, more);
    for (int i = 0; i < 5 && equal > 2; i++) {
      equal = ratio(less, more);
    }
    assertThat(equal).as("none gives way").isBetween(0.5, 2.0);
  }

  @Test
  void whatForksAllTheTimeDies() throws IOException, InterruptedException {
    ControlGroup group = groups.create("forks");
    group.limit(new Limits(1000L << 20, 64_000, 1000, 5000));
    start(group, "while :; do sleep 100 & done 2>/dev/null");
    while (group.processes().size() < 90) {
      Thread.sleep(5);
    }
    group.freeze();
    new GroupKiller(watcher).killAll(group);
    assertThat(group.processes()).isEmpty();
    group.remove();
    assertThat(groups.list()).isEmpty();
  }

  @Test
  void aLimitBelowWhatIsUsedIsRefusedAndNobodyDies() throws IOException, InterruptedException {
    ControlGroup group = groups.create("holds");
    group.limit(USUAL);
    Process holder = start(group, "x=$(head -c 60000000 /dev/zero | tr '\\0' x); echo $$; cat");
    assertThat(holder.inputReader().readLine()).isNotEmpty();
    assertThatThrownBy(() -> group.limit(new Limits(20L << 20, 64_000, 1000, 100)))
        .isInstanceOf(IOException.class);
    group.limit(new Limits(150L << 20, 64_000, 1000, 100));
    assertThat(holder.isAlive()).isTrue();
    assertThat(group.outOfMemoryKills()).isZero();
    assertThat(group.usage().peakMemoryBytes()).isBetween(60_000_000L, 200L << 20);
    assertThat(group.usage().cpuTime()).isPositive();
  }

  /** More busy processes than the machine has processors. */
  private ControlGroup busy(String name) throws IOException {
    ControlGroup group = groups.create(name);
    for (int i = 0; i <= Runtime.getRuntime().availableProcessors(); i++) {
      start(group, BUSY);
    }
    return group;
  }

  /** What the one uses while the other uses one. */
  private static double ratio(ControlGroup one, ControlGroup other)
      throws IOException, InterruptedException {
    long oneBefore = one.usage().cpuTime().toNanos();
    long otherBefore = other.usage().cpuTime().toNanos();
    Thread.sleep(1000);
    return (double) (one.usage().cpuTime().toNanos() - oneBefore)
        / (other.usage().cpuTime().toNanos() - otherBefore);
  }

  private Process start(ControlGroup group, String script) throws IOException {
    StringBuilder enter = new StringBuilder("set -e\n");
    for (Path entrance : group.entrances()) {
      enter.append("echo $$ > ").append(entrance).append('\n');
    }
    Process process = new ProcessBuilder("sh", "-c", enter + script).start();
    started.add(process);
    return process;
  }
}
