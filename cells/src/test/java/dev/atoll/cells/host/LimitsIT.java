package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellEnd;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.Limits;
import dev.atoll.cells.Tier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens at a limit. Where the tiers differ, each has its test. Needs root. */
@Tag("alone")
@Tag("cgroup2")
class LimitsIT {
  private static final String HOG = "exec dd if=/dev/zero of=/dev/null bs=400M count=3";

  @TempDir Path folder;

  @Test
  void outOfMemoryEndsTheProcessInKernelNamespaces() throws Exception {
    try (TestHost host = TestHost.open(Tier.RUNC, folder)) {
      Cell cell = host.claimed();
      cell.limit(new Limits(150L << 20, 1000, 100, 100));
      assertThat(Recording.sh(cell, HOG).end()).isEqualTo(new ExecEnd.Signalled(9, false, true));
      assertThat(Recording.sh(cell, "kill -9 $$").end())
          .isEqualTo(new ExecEnd.Signalled(9, false, false));
      assertThat(cell.usage().outOfMemoryKills()).isEqualTo(1);
      assertThat(cell.usage().peakMemoryBytes()).isBetween(100L << 20, 150L << 20);
      cell.limit(new Limits(2000L << 20, 1000, 100, 100));
      assertThat(Recording.sh(cell, HOG).end()).isEqualTo(new ExecEnd.Exited(0));
    }
  }

  @Test
  void outOfMemoryEndsTheWholeCellInGvisor() throws Exception {
    try (TestHost host = TestHost.open(Tier.GVISOR, folder)) {
      Cell cell = host.claimed();
      cell.limit(new Limits(150L << 20, 1000, 100, 100));
      Recording hog = Recording.start(cell, Recording.shell(HOG, false));
      assertThat(cell.ended().get(20, TimeUnit.SECONDS)).isEqualTo(new CellEnd.OutOfMemory());
      assertThat(hog.end()).isEqualTo(new ExecEnd.CellEnded(new CellEnd.OutOfMemory()));
      assertThat(cell.usage().outOfMemoryKills()).isPositive();
    }
  }

  @Test
  void forksFailAtTheProcessLimitInKernelNamespaces() throws Exception {
    try (TestHost host = TestHost.open(Tier.RUNC, folder)) {
      Cell cell = host.claimed();
      cell.limit(new Limits(500L << 20, 1000, 100, 30));
      Recording bomb =
          Recording.sh(
              cell, "for i in $(seq 1 60); do sleep 60 >/dev/null 2>&1 & done; echo not reached");
      assertThat(bomb.stderr()).contains("fork");
      assertThat(bomb.stdout()).isEmpty();
      assertThat(Recording.output(cell, "pgrep -c sleep || true").strip()).isNotEqualTo("60");
    }
  }

  @ParameterizedTest
  @EnumSource
  void cpuTimeIsHeldToTheQuota(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      cell.limit(new Limits(500L << 20, 250, 100, 100));
      Duration before = cell.usage().cpuTime();
      long start = System.nanoTime();
      Recording.sh(cell, "timeout 3 sh -c 'while :; do :; done'");
      double seconds = (System.nanoTime() - start) / 1e9;
      double used = cell.usage().cpuTime().minus(before).toNanos() / 1e9;
      assertThat(used / seconds).as("cores").isBetween(0.1, 0.4);
    }
  }
}
