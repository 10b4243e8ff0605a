package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellEnd;
import dev.atoll.cells.CellException;
import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecSpec;
import dev.atoll.cells.ExecStartException;
import dev.atoll.cells.Identity;
import dev.atoll.cells.Tier;
import dev.atoll.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a cell does in its ordinary life, in both tiers. Needs root. */
class CellIT {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void bootsClaimsRunsAndIsDestroyed(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      assertThat(host.host().runtimeVersion()).startsWith(tier == Tier.GVISOR ? "runsc " : "runc ");
      Cell cell = host.claimed();
      Recording recording = Recording.sh(cell, "echo out; echo err >&2; hostname; id -u; exit 3");
      assertThat(recording.stdout()).isEqualTo("out\ntest-host\n0\n");
      assertThat(recording.stderr()).isEqualTo("err\n");
      assertThat(recording.end()).isEqualTo(new ExecEnd.Exited(3));
      assertThat(Recording.output(cell, "cat /etc/resolv.conf"))
          .isEqualTo("nameserver " + cell.nameServer() + "\n");
      assertThat(cell.usage().peakMemoryBytes()).isPositive();
      assertThat(cell.usage().cpuTime()).isPositive();
      cell.destroy();
      cell.destroy();
      assertThat(cell.ended()).isCompletedWithValue(new CellEnd.Destroyed());
      assertThat(cell.usage().cpuTime()).isPositive();
      assertThatThrownBy(() -> Recording.sh(cell, "true")).isInstanceOf(CellException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void writesReachTheUpperFolderWithMappedOwners(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      Recording.output(cell, "echo kept > /root/file && chown 33:34 /root/file");
      cell.sync();
      Path file = host.upper().resolve("root/file");
      assertThat(file).hasContent("kept\n");
      int base = host.host().idMapping().hostBase();
      assertThat(java.nio.file.Files.getAttribute(file, "unix:uid")).isEqualTo(base + 33);
      assertThat(java.nio.file.Files.getAttribute(file, "unix:gid")).isEqualTo(base + 34);
    }
  }

  @ParameterizedTest
  @EnumSource
  void signalsTimeoutsAndDropsEndProcesses(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      Recording trapped =
          Recording.start(
              cell,
              Recording.shell(
                  "trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done", false));
      trapped.awaitOutput();
      trapped.exec().signal(15, Exec.Scope.PROCESS);
      assertThat(trapped.end()).isEqualTo(new ExecEnd.Exited(7));

      Recording killed =
          Recording.start(cell, Recording.shell("sleep 100 & sleep 100 & echo ready; wait", false));
      killed.awaitOutput();
      killed.exec().signal(9, Exec.Scope.SESSION);
      assertThat(killed.end()).isEqualTo(new ExecEnd.Signalled(9, false, false));

      Recording late =
          Recording.start(
              cell,
              Recording.spec(
                  List.of("sleep", "100"),
                  Recording.ROOT,
                  false,
                  Optional.of(Duration.ofMillis(300))));
      assertThat(late.end()).isEqualTo(new ExecEnd.Signalled(9, true, false));

      Recording dropped = Recording.start(cell, Recording.shell("echo x; exec sleep 123", false));
      dropped.awaitOutput();
      dropped.exec().drop();
      assertThat(
              Recording.output(
                  cell,
                  "i=0; while pgrep -f 'sleep 1[0-9]' >/dev/null; do "
                      + "i=$((i+1)); [ $i -lt 50 ] || break; sleep 0.1; done; pgrep -f 'sleep 1[0-9]' || echo none"))
          .isEqualTo("none\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void stdinArrivesInOrderAndEnds(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      Recording counted = Recording.start(cell, Recording.shell("cat | md5sum; echo end", true));
      byte[] input = new byte[1_000_000];
      for (int i = 0; i < input.length; i++) {
        input[i] = (byte) (i * 31 >> 5);
      }
      Stdin.writeAll(counted, input);
      counted.await();
      byte[] digest = java.security.MessageDigest.getInstance("MD5").digest(input);
      assertThat(counted.stdout())
          .isEqualTo(java.util.HexFormat.of().formatHex(digest) + "  -\nend\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void failuresToStartSayWhyAndLeaveTheCellAlive(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      assertThatThrownBy(() -> Recording.start(cell, command("/no/such/program")))
          .isInstanceOfSatisfying(
              ExecStartException.class,
              e -> {
                assertThat(e.step()).isEqualTo("exec");
                assertThat(e.errno()).isEqualTo(Errno.ENOENT);
              });
      assertThatThrownBy(() -> Recording.start(cell, command("/etc/passwd")))
          .isInstanceOfSatisfying(
              ExecStartException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
      assertThatThrownBy(() -> Recording.start(cell, command("a\0b"))).hasMessageContaining("NUL");
      assertThatThrownBy(() -> Recording.start(cell, command("x".repeat(2 << 20))))
          .hasMessageContaining("at most");
      assertThat(Recording.output(cell, "echo alive")).isEqualTo("alive\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void terminalsHaveASizeAndEchoAndEnd(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      Recording terminal =
          Recording.start(
              cell,
              new ExecSpec(
                  new ExecSpec.Program.Command(
                      List.of("sh", "-c", "stty size; read x; echo got $x")),
                  List.of(TestHost.PATH),
                  "/",
                  Recording.ROOT,
                  true,
                  new ExecSpec.Output.Terminal(33, 77),
                  Optional.empty()));
      terminal
          .exec()
          .writeStdin(0, ByteBuffer.wrap("word\n".getBytes(StandardCharsets.UTF_8)), false);
      terminal.await();
      assertThat(terminal.stdout()).contains("33 77").contains("got word");
      assertThat(terminal.end()).isEqualTo(new ExecEnd.Exited(0));
    }
  }

  @ParameterizedTest
  @EnumSource
  void filesAreServedByTheAgentsOwnProgram(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      Recording file =
          Recording.start(
              cell,
              new ExecSpec(
                  new ExecSpec.Program.OpenFile("/data/inner/file", "r"),
                  List.of(TestHost.PATH),
                  "/",
                  new Identity(1000, 1000, List.of()),
                  true,
                  new ExecSpec.Output.Pipes(true, ExecSpec.Stderr.PIPE),
                  Optional.empty()));
      ByteBuffer request =
          ByteBuffer.allocate(16).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(8).putInt(1);
      file.exec().writeStdin(0, request.putLong(0).flip(), true);
      file.await();
      assertThat(new String(file.stdoutBytes(), StandardCharsets.ISO_8859_1)).endsWith("content\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLifetimeEndsTheCellAndEveryExec(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed(Optional.of(Duration.ofMillis(1500)));
      Recording sleeper = Recording.start(cell, command("sleep", "100"));
      assertThat(cell.ended().get(20, TimeUnit.SECONDS)).isEqualTo(new CellEnd.LifetimeOver());
      assertThat(sleeper.end()).isEqualTo(new ExecEnd.CellEnded(new CellEnd.LifetimeOver()));
    }
  }

  private static ExecSpec command(String... argv) {
    return Recording.spec(List.of(argv), Recording.ROOT, false, Optional.empty());
  }
}
