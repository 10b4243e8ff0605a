package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.Cell;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.FolderLocation;
import dev.atoll.cells.RefusedException;
import dev.atoll.cells.Tier;
import dev.atoll.linux.Errno;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mounts in a running cell, and the root's own file system. Needs root. */
class MountIT {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void mountsComeAndGoWhileProcessesRun(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      for (String content : new String[] {"first", "second"}) {
        Path entry = host.mountFile(cell, "/mnt/data", content);
        assertThat(Recording.output(cell, "cat /mnt/data/file")).isEqualTo(content);
        cell.unmount(entry);
        assertThatThrownBy(() -> cell.unmount(entry)).isInstanceOf(RefusedException.class);
        assertThat(Recording.output(cell, "ls -A /mnt/data")).isEmpty();
      }
      assertThatThrownBy(() -> cell.mount(Path.of("/etc"), "/mnt/data", true))
          .hasMessageContaining("dock");
    }
  }

  @ParameterizedTest
  @EnumSource
  void readOnlyMountsRefuseWriting(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      Path entry = host.mountTmpfs(cell, "content");
      cell.mount(entry, "/mnt/data", true);
      Recording refused = Recording.sh(cell, "echo x > /mnt/data/new");
      assertThat(refused.end()).isEqualTo(new ExecEnd.Exited(1));
      assertThat(refused.stderr()).contains("Read-only");
      cell.unmount(entry);
      cell.mount(entry, "/mnt/data", false);
      assertThat(Recording.output(cell, "echo x > /mnt/data/new && cat /mnt/data/new"))
          .isEqualTo("x\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMountIsReplacedAndFoundWhereItWasMoved(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      Path first = host.mountFile(cell, "/mnt/data", "first");
      Path second = host.mountTmpfs(cell, "second");
      Recording.output(cell, "mkdir /mnt/data/in; mv /mnt /moved; ln -s moved/data /link");
      assertThat(cell.locate("/link/in")).isEqualTo(new FolderLocation(Optional.of(first), "in"));
      cell.replaceMount(second, first, false);
      assertThat(Recording.output(cell, "cat /moved/data/file")).isEqualTo("second");
      assertThat(cell.locate("/link")).isEqualTo(new FolderLocation(Optional.of(second), ""));
      assertThat(cell.locate("/moved")).isEqualTo(new FolderLocation(Optional.empty(), "moved"));
      assertThatThrownBy(() -> cell.locate("/mnt"))
          .isInstanceOfSatisfying(
              RefusedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
      assertThatThrownBy(() -> cell.mount(first, "/proc", false))
          .isInstanceOfSatisfying(
              RefusedException.class, e -> assertThat(e.step()).isEqualTo("reserved"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void foldersOfTheImageAreRenamedNotCopied(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      assertThat(Recording.output(cell, "mv /data /moved && cat /moved/inner/file && ls /"))
          .startsWith("content\n")
          .contains("moved")
          .doesNotContain("data");
      assertThat(host.upper().resolve("moved")).isDirectory();
      assertThat(host.upper().resolve("moved/inner")).doesNotExist();
    }
  }
}
