package dev.atoll.worker.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnseenFifosTest {
  @Test
  void withoutFifosNothingIsSaid() {
    assertThatCode(() -> UnseenFifos.refuse(List.of())).doesNotThrowAnyException();
    assertThat(UnseenFifos.warning(List.of())).isEmpty();
  }

  @Test
  void theFirstAreNamedAndTheOthersCounted() {
    assertThatThrownBy(() -> UnseenFifos.refuse(List.of("/a")))
        .isInstanceOf(AtollException.class)
        .hasMessageContaining("the FIFO '/a':");
    assertThat(UnseenFifos.warning(List.of("/a", "/b", "/c", "/d", "/e")).orElseThrow())
        .contains("the FIFOs '/a', '/b', '/c' and 2 more:")
        .endsWith("\n");
  }
}
