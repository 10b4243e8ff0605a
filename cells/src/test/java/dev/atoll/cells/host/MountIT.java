package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellException;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.Tier;
import java.nio.file.Path;
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
        host.mountFile(cell, "/mnt/data", content);
        assertThat(Recording.output(cell, "cat /mnt/data/file")).isEqualTo(content);
        cell.unmount("/mnt/data");
        assertThat(Recording.output(cell, "ls -A /mnt/data")).isEmpty();
      }
      assertThatThrownBy(() -> cell.unmount("/mnt/data")).isInstanceOf(CellException.class);
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
      cell.unmount("/mnt/data");
      cell.mount(entry, "/mnt/data", false);
      assertThat(Recording.output(cell, "echo x > /mnt/data/new && cat /mnt/data/new"))
          .isEqualTo("x\n");
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
