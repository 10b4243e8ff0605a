package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellException;
import dev.atoll.cells.Tier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A claimed cell at a standstill, in both tiers. Needs root. */
@Tag("alone")
@Tag("cgroup2")
class PauseIT {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void nothingIsWrittenUntilItGoesOn(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      Recording writer =
          Recording.start(
              cell,
              Recording.shell(
                  "echo x > /root/log; echo ready; while :; do echo x >> /root/log; done", false));
      writer.awaitOutput();
      Path log = host.upper().resolve("root/log");
      cell.pause();
      long size = Files.size(log);
      assertThatThrownBy(() -> cell.ping(Duration.ofMillis(200))).isInstanceOf(CellException.class);
      assertThat(Files.size(log)).isEqualTo(size);
      cell.resume();
      cell.ping(Duration.ofSeconds(20));
      assertThat(
              Recording.output(
                  cell,
                  "i=0; n=$(wc -c < /root/log); while [ $i -lt 50 ] && "
                      + "[ $(wc -c < /root/log) = $n ]; do i=$((i+1)); sleep 0.1; done; echo $((i < 50))"))
          .isEqualTo("1\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPausedCellIsDestroyedAsAnyOther(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      cell.pause();
      long start = System.nanoTime();
      cell.destroy();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThatThrownBy(cell::resume).isInstanceOf(CellException.class);
      assertThatThrownBy(cell::pause).isInstanceOf(CellException.class);
    }
  }
}
