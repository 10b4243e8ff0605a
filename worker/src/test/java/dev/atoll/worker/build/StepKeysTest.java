package dev.atoll.worker.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepKeysTest {
  @TempDir Path folder;

  @Test
  void theKeyIsPrivateAndStays() throws Exception {
    Path file = folder.resolve("key");
    String name = StepKeys.open(file).step("run").add("x").name();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(StepKeys.open(file).step("run").add("x").name()).isEqualTo(name);
  }

  @Test
  void anotherKeyGivesOtherNames() throws Exception {
    String name = StepKeys.open(folder.resolve("one")).step("run").name();
    assertThat(StepKeys.open(folder.resolve("two")).step("run").name()).isNotEqualTo(name);
  }

  @Test
  void whatIsNoKeyIsReplaced() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "short");
    StepKeys.open(file);
    assertThat(file).hasSize(32);
  }

  @Test
  void partsThatReadAlikeDiffer() throws Exception {
    StepKeys keys = StepKeys.open(folder.resolve("key"));
    assertThat(
            List.of(
                keys.step("run").add("a").add("b").name(),
                keys.step("run").add("ab").add("").name(),
                keys.step("run").addAll(List.of("a", "b")).name(),
                keys.step("run").addAll(List.of("a")).add("b").name(),
                keys.step("run").addAll(Map.of("a", "b")).name(),
                keys.step("copy").add("a").add("b").name()))
        .doesNotHaveDuplicates();
    assertThat(keys.step("run").addAll(Map.of("a", "1", "b", "2")).name())
        .isEqualTo(keys.step("run").addAll(Map.of("b", "2", "a", "1")).name());
  }
}
