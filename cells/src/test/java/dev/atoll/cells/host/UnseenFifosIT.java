package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellException;
import dev.atoll.cells.Tier;
import dev.atoll.linux.FileStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether each FIFO of a cell is either behind its root or named, in both tiers. Needs root. */
class UnseenFifosIT {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void aFifoIsBehindTheRootOrNamed(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      assertThat(cell.unseenFifos()).isEmpty();
      Recording.output(
          cell,
          "mkfifo /fifo /data/inner/fifo '/tmp/a b' /dev/shm/fifo; mkdir -p -m 700 /root/x/y;"
              + " mkfifo /root/x/y/fifo; mv /root/x /root/z");
      if (tier == Tier.GVISOR) {
        assertThat(cell.unseenFifos())
            .containsExactlyInAnyOrder("/fifo", "/data/inner/fifo", "/tmp/a b", "/root/z/y/fifo");
        assertThat(host.upper().resolve("root/z/y")).isEmptyDirectory();
      } else {
        assertThat(cell.unseenFifos()).isEmpty();
        assertThat(Files.getAttribute(host.upper().resolve("root/z/y/fifo"), "unix:mode"))
            .isEqualTo(FileStatus.S_IFIFO | 0644);
      }
      Recording.output(cell, "rm /fifo /data/inner/fifo '/tmp/a b' /root/z/y/fifo");
      assertThat(cell.unseenFifos()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(names = "GVISOR")
  void aFifoAmongManyOtherFilesIsFound(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      // More folders than the sentry remembers (1,000).
      Recording.output(
          cell,
          "mkfifo /root/fifo; i=0; while [ $i -lt 60 ]; do mkdir -p /tmp/$i; for j in 0 1 2 3 4 5 6"
              + " 7 8 9 a b c d e f g h i j; do mkdir /tmp/$i/$j; done; i=$((i+1)); done;"
              + " find / -xdev > /dev/null; find / -xdev > /dev/null");
      assertThat(cell.unseenFifos()).containsExactly("/root/fifo");
    }
  }

  @ParameterizedTest
  @EnumSource(names = "GVISOR")
  void thoseOfOneFolderAreNamedAlsoInAMount(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      host.mountFile(cell, "/mnt/data", "content");
      Recording.output(
          cell,
          "mkdir -p /root/a/b /root/ab /mnt/data/in; ln -s /mnt/data /link;"
              + " mkfifo /root/a/b/one /root/ab/other /root/a/two /mnt/data/three /mnt/data/in/four");
      assertThat(cell.unseenFifos(cell.locate("/root/a/"), "/root/a/"))
          .containsExactlyInAnyOrder("/root/a/b/one", "/root/a/two");
      assertThat(cell.unseenFifos(cell.locate("/link"), "/link"))
          .containsExactlyInAnyOrder("/link/three", "/link/in/four");
      assertThat(cell.unseenFifos(cell.locate("/link/in"), "/link/in"))
          .containsExactly("/link/in/four");
      assertThat(cell.unseenFifos(cell.locate("/data"), "/data")).isEmpty();
      assertThat(cell.unseenFifos())
          .containsExactlyInAnyOrder("/root/a/b/one", "/root/ab/other", "/root/a/two");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCellThatHasEndedCantBeSearched(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      cell.destroy();
      assertThatThrownBy(cell::unseenFifos).isInstanceOf(CellException.class);
    }
  }
}
