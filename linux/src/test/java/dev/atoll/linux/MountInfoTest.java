package dev.atoll.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountInfoTest {
  @Test
  void readsNamesWithBlanksAndMountsWithTags() {
    MountInfo mount =
        MountInfo.parse(
            "36 35 98:0 /a\\040b /mnt\\040x rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=x");
    assertThat(mount)
        .isEqualTo(
            new MountInfo(
                36,
                35,
                "/a b",
                Path.of("/mnt x"),
                "rw,noatime",
                "shared:1 master:2",
                "ext3",
                "/dev/root",
                "rw,errors=x"));
  }

  @Test
  void readsPrivateMountsAndEmptySources() {
    MountInfo mount = MountInfo.parse("36 35 0:44 / /mnt rw - tmpfs  rw,size=4k");
    assertThat(mount.tags()).isEmpty();
    assertThat(mount.source()).isEmpty();
    assertThat(mount.superOptions()).isEqualTo("rw,size=4k");
  }
}
