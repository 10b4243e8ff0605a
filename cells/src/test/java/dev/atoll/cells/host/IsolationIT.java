package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellEnd;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.Identity;
import dev.atoll.cells.Tier;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What user processes, root among them, can't see or do. Needs root. */
class IsolationIT {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void theAgentTheDockAndTheSocketAreOutOfReach(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      for (Identity identity : List.of(Recording.ROOT, new Identity(1000, 1000, List.of()))) {
        Recording recording =
            Recording.start(
                cell,
                Recording.spec(
                    List.of(
                        "sh",
                        "-c",
                        """
                        echo fds: $(ls /proc/1/fd 2>/dev/null | wc -l)
                        ls /dev/.atoll/* 2>/dev/null && echo dock seen
                        cat /proc/mounts | grep -q -E ' /(dock|agent)' && echo dock mounted
                        find / -xdev -name agent.sock 2>/dev/null | grep sock && echo socket seen
                        ls /proc/*/exe -l 2>/dev/null | grep bin/agent && echo agent seen
                        (: > /proc/1/mem) 2>/dev/null && dd if=/proc/1/mem bs=1 count=1 2>/dev/null
                        echo done
                        """),
                    identity,
                    false,
                    Optional.empty()));
        recording.await();
        assertThat(recording.stdout()).isEqualTo("fds: 0\ndone\n");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void mountsAndNamespacesAreRefused(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      for (String line :
          List.of(
              "mount -t tmpfs x /tmp",
              "umount /dev/.atoll",
              "umount -l /proc",
              "mount -o remount,rw /sys",
              "hostname other",
              "unshare -m true",
              "nsenter -t 1 -m true")) {
        assertThat(Recording.sh(cell, line).end()).as(line).isNotEqualTo(new ExecEnd.Exited(0));
      }
      assertThat(Recording.output(cell, "hostname")).isEqualTo("test-host\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unshare -U true",
        "echo x > /proc/sys/kernel/hostname",
        "echo b > /proc/sysrq-trigger",
        "cat /proc/kcore > /dev/null",
        "dd if=/proc/kcore bs=1 count=1 2>/dev/null | grep -q .",
        "echo 1 > /sys/kernel/profiling",
        "mknod /root/disk b 8 0",
        "dmesg"
      })
  void theKernelIsOutOfReachInKernelNamespaces(String line) throws Exception {
    try (TestHost host = TestHost.open(Tier.RUNC, folder)) {
      Cell cell = host.claimed();
      assertThat(Recording.sh(cell, line).end()).isNotEqualTo(new ExecEnd.Exited(0));
    }
  }

  @ParameterizedTest
  @EnumSource
  void usersHoldDockersCapabilitiesAndNoMore(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      String status = Recording.output(cell, "cat /proc/self/status");
      assertThat(status)
          .containsPattern("CapEff:\\s+00000000a80425fb")
          .containsPattern("CapBnd:\\s+00000000a80425fb");
      if (tier == Tier.RUNC) {
        assertThat(status).containsPattern("NoNewPrivs:\\s+1").containsPattern("Seccomp:\\s+2");
      }
      Recording other =
          Recording.start(
              cell,
              Recording.spec(
                  List.of("cat", "/proc/self/status"),
                  new Identity(1000, 1000, List.of()),
                  false,
                  Optional.empty()));
      other.await();
      assertThat(other.stdout()).containsPattern("CapEff:\\s+0000000000000000");
    }
  }

  @Test
  void rootCanEndItsOwnSandboxInGvisor() throws Exception {
    try (TestHost host = TestHost.open(Tier.GVISOR, folder)) {
      Cell cell = host.claimed();
      Recording.start(cell, Recording.shell("sleep 1; kill -9 1", false));
      assertThat(cell.ended().get(20, TimeUnit.SECONDS)).isEqualTo(new CellEnd.InitKilled());
    }
  }

  @Test
  void theInitOfKernelNamespacesCannotBeKilledFromInside() throws Exception {
    try (TestHost host = TestHost.open(Tier.RUNC, folder)) {
      Cell cell = host.claimed();
      Recording.sh(cell, "kill -9 1; kill -TERM 1");
      assertThat(Recording.output(cell, "echo alive")).isEqualTo("alive\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void rootMayBindLowPortsAndPing(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      assertThat(
              Recording.output(
                  cell,
                  "ping -c 1 -W 2 127.0.0.1 >/dev/null && echo pinged; timeout 1 nc -l -p 80;"
                      + " [ $? -ge 124 ] && echo bound"))
          .isEqualTo("pinged\nbound\n");
      assertThat(Recording.output(cell, "ip addr"))
          .contains("inet " + cell.address())
          .doesNotContain(host.instanceId())
          .doesNotContain("inet6 fe80");
    }
  }
}
