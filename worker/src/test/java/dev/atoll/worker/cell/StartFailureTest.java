package dev.atoll.worker.cell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.cells.RefusedException;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartFailureTest {
  @ParameterizedTest
  @CsvSource({
    "proc, 20, /proc must be a folder in it",
    "dev, 40, /dev must be a folder in it",
    "/etc/resolv.conf, 21, /etc/resolv.conf must be a file in it",
    "/etc/hosts, 22, /etc/hosts must be a file in it",
  })
  void anImageThatIsTheReasonIsToldSo(String step, int errno, String words) {
    AtollException told = StartFailure.explain(refusal(step, errno)).orElseThrow();
    assertThat(told).hasMessageContaining(words);
    assertThat(told.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION);
  }

  @Test
  void whatTheHostRefusesIsNotTheImagesFault() {
    assertThat(StartFailure.explain(refusal("proc", 12))).isEmpty();
    assertThat(StartFailure.explain(refusal("pivot", 22))).isEmpty();
    assertThat(StartFailure.explain(refusal("/etc/hosts", 28))).isEmpty();
  }

  private static RefusedException refusal(String step, int errno) {
    return new RefusedException(step, errno, "CLAIM failed");
  }
}
