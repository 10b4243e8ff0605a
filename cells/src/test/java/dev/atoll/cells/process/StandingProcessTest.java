package dev.atoll.cells.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs programs of a shell that note each of their starts. */
@Timeout(30)
class StandingProcessTest {
  private static final Duration PAUSE = Duration.ofMillis(20);

  @TempDir Path folder;

  @Test
  void whatCantBeStartedAgainAtOnceIsStartedLater() throws Exception {
    Path program = program("echo $$ >> starts; exec sleep 600");
    try (StandingProcess standing = start(program)) {
      long first = await(() -> starts(1)).getFirst();
      Path away = Files.move(program, folder.resolve("away"));
      assertThat(ProcessHandle.of(first).orElseThrow().destroyForcibly()).isTrue();
      await(() -> standing.complaints().contains("No such file") ? List.of(1L) : List.of());
      assertThat(standing.isAlive()).isFalse();
      Files.move(away, program);
      long second = await(() -> starts(2)).getLast();
      assertThat(standing.isAlive()).isTrue();
      standing.close();
      assertThat(ProcessHandle.of(second).filter(ProcessHandle::isAlive)).isEmpty();
    }
  }

  @Test
  void whatEndsSoonIsStartedAgainAndAgain() throws Exception {
    try (StandingProcess standing = start(program("echo $$ >> starts; echo no >&2; exit 1"))) {
      assertThat(await(() -> starts(4))).doesNotHaveDuplicates();
      assertThat(standing.complaints()).startsWith("no\nno\n");
    }
    int after = starts(0).size();
    Thread.sleep(PAUSE.toMillis() * 10);
    assertThat(starts(0)).hasSize(after);
  }

  @Test
  void onlyTheEndOfManyComplaintsIsKept() throws Exception {
    Path program =
        program(
            "i=0; while [ $i -lt 20000 ]; do echo line $i >&2; i=$((i+1)); done; exec sleep 600");
    try (StandingProcess standing = start(program)) {
      await(() -> standing.complaints().endsWith("line 19999\n") ? List.of(1L) : List.of());
      assertThat(standing.complaints()).hasSizeLessThanOrEqualTo(4096);
    }
  }

  @Test
  void aProgramThatIsNotThereFailsTheFirstStart() {
    assertThatThrownBy(() -> start(folder.resolve("none"))).isInstanceOf(IOException.class);
  }

  private StandingProcess start(Path program) throws IOException {
    return StandingProcess.start(
        "program", List.of(program.toString()), PAUSE, PAUSE.multipliedBy(2));
  }

  private Path program(String script) throws IOException {
    Path file = folder.resolve("program");
    Files.writeString(file, "#!/bin/sh\ncd '" + folder + "'\n" + script + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  /** The processes that were started, once there are so many; empty before. */
  private List<Long> starts(int least) throws IOException {
    Path file = folder.resolve("starts");
    List<Long> all =
        Files.exists(file)
            ? Files.readAllLines(file).stream().map(Long::valueOf).toList()
            : List.of();
    return all.size() >= least ? all : List.of();
  }

  private static List<Long> await(Callable<List<Long>> look) throws Exception {
    List<Long> found = look.call();
    while (found.isEmpty()) {
      Thread.sleep(5);
      found = look.call();
    }
    return found;
  }
}
