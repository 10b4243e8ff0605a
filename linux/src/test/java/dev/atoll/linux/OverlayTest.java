package dev.atoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OverlayTest {
  @Test
  void separatorsInNamesCannotAddFoldersOrOptions() {
    Overlay overlay =
        new Overlay(
            List.of("a:b", "c,userxattr"),
            Optional.of(new Overlay.Writable("up,volatile", "w\\k")));
    assertThat(overlay.options())
        .startsWith("lowerdir=a\\:b:c\\,userxattr,upperdir=up\\,volatile,workdir=w\\\\k,");
  }

  @Test
  void refusesWhatTheKernelWouldCutOff() {
    Overlay overlay = new Overlay(Collections.nCopies(100, "x".repeat(64)), Optional.empty());
    assertThatThrownBy(overlay::options).hasMessageContaining("4095");
    assertThatThrownBy(() -> new Overlay(List.of(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
