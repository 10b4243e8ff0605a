package dev.atoll.protocol.errors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatusMappingTest {
  private static final Set<Status.Code> RETRIED_BY_CLIENTS =
      Set.of(
          Status.Code.CANCELLED,
          Status.Code.UNKNOWN,
          Status.Code.INTERNAL,
          Status.Code.UNAVAILABLE,
          Status.Code.DEADLINE_EXCEEDED);

  @ParameterizedTest
  @EnumSource
  void aCodeSurvivesTheWayThereAndBack(ErrorCode code) {
    AtollException failure = new AtollException(code, "workdir 'x' must be absolute");
    AtollException received = StatusMapping.fromStatus(StatusMapping.toException(failure));
    assertThat(received.code()).isEqualTo(code);
    assertThat(received).hasMessage("workdir 'x' must be absolute");
  }

  @ParameterizedTest
  @EnumSource
  void onlyCodesUnderWhichWorkMayHaveRunAreRetriedByClients(ErrorCode code) {
    Status status = StatusMapping.toStatus(new AtollException(code, "x"));
    assertThat(RETRIED_BY_CLIENTS.contains(status.getCode())).isEqualTo(code.mayHaveRun());
  }

  @Test
  void aDefectKeepsItsMessageFromTheCaller() {
    Status status = StatusMapping.toStatus(new IllegalStateException("password=hunter2"));
    assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getDescription()).doesNotContain("hunter2").contains("IllegalStateException");
    assertThat(StatusMapping.isDefect(new IllegalStateException())).isTrue();
  }

  @Test
  void looksThroughWhatFuturesWrapAround() {
    Throwable wrapped = new CompletionException(AtollException.notFound("no app 'a'"));
    assertThat(StatusMapping.toStatus(wrapped).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(StatusMapping.isDefect(wrapped)).isFalse();
  }

  @Test
  void cutsAMessageThatWouldNotFitIntoHeaders() {
    String message = "ü".repeat(100_000);
    Status status = StatusMapping.toStatus(new AtollException(ErrorCode.INVALID_ARGUMENT, message));
    String sent = String.valueOf(status.getDescription());
    assertThat(sent).endsWith("…");
    assertThat(3 * sent.getBytes(StandardCharsets.UTF_8).length).isLessThan(8 * 1024);
  }
}
