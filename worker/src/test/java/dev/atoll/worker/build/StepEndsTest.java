package dev.atoll.worker.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.cells.CellEnd;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepEndsTest {
  private static final Limits LIMITS = new Limits(512L << 20, 1000, 1000, 100);

  @Test
  void successIsNoFailure() {
    assertThat(failure(new ExecEnd.Exited(0), true)).isEmpty();
  }

  @Test
  void aStatusComesWithTheLastLines() {
    StepFailedException failed = failure(new ExecEnd.Exited(3), false).orElseThrow();
    assertThat(failed)
        .hasMessage("its command ended with exit code 3; the end of its output:\nlast words");
    assertThat(failed.exitCode()).isEqualTo(3);
  }

  @Test
  void theMemoryLimitIsNamedHoweverItWasMet() {
    for (ExecEnd end :
        List.of(
            new ExecEnd.Exited(137),
            new ExecEnd.Signalled(9, false, true),
            new ExecEnd.CellEnded(new CellEnd.OutOfMemory()))) {
      StepFailedException failed = failure(end, true).orElseThrow();
      assertThat(failed).hasMessageContaining("more memory than its limit of 512 MiB");
      assertThat(failed.exitCode()).isEqualTo(137);
    }
  }

  @Test
  void theTimeLimitIsNamed() {
    for (ExecEnd end :
        List.of(
            new ExecEnd.Signalled(9, true, false),
            new ExecEnd.CellEnded(new CellEnd.LifetimeOver()))) {
      assertThat(failure(end, false).orElseThrow())
          .hasMessageContaining("longer than the limit of 60 seconds");
    }
  }

  private static Optional<StepFailedException> failure(ExecEnd end, boolean memoryKills) {
    return StepEnds.failure(end, memoryKills, "last words", LIMITS, Duration.ofSeconds(60));
  }
}
