package dev.atoll.worker.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.spool.SpoolFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutcomesTest {
  @TempDir Path directory;

  @Test
  void anIdTellsItsTask() {
    Operation operation = outcomes().add();
    assertThat(OperationId.task(operation.id())).isEqualTo("ta-1");
  }

  @Test
  void theOldestThatAreOverAreForgotten() {
    Outcomes outcomes = outcomes();
    Operation underWay = outcomes.add();
    Operation oldest = outcomes.add();
    oldest.succeed();
    for (int i = 0; i < Outcomes.MOST_KEPT - 1; i++) {
      outcomes.add().succeed();
    }
    assertThat(outcomes.find(underWay.id())).isSameAs(underWay);
    refused(() -> outcomes.find(oldest.id()));
  }

  @Test
  void theEndOfATaskEndsWhatIsUnderWayAndDeletesEverything() throws IOException {
    Outcomes outcomes = outcomes();
    Operation underWay = outcomes.add();
    underWay.append(new byte[10], 10);
    Operation done = outcomes.add();
    done.append(new byte[10], 10);
    done.succeed();
    outcomes.close(AtollException.notFound("over"));
    refused(() -> underWay.await(1));
    refused(() -> outcomes.find(done.id()));
    refused(outcomes::add);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void idsOfOthersAreUnknown() {
    refused(() -> outcomes().find("ta-1.7"));
    refused(() -> OperationId.task("nonsense"));
  }

  private Outcomes outcomes() {
    return new Outcomes(new SpoolFolder(directory, 1 << 20), "ta-1");
  }

  private static void refused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AtollException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }
}
