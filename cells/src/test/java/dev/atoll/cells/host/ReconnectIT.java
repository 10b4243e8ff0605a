package dev.atoll.cells.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.cells.Cell;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.Tier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The worker's side hangs up again and again; users see nothing of it. Needs root. */
class ReconnectIT {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void outputIsWholeAndInOrder(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      Recording recording =
          Recording.start(cell, Recording.shell("seq 1 6600000; echo end >&2; exit 7", false));
      try (Hangup _ = Hangup.every(150, cell)) {
        recording.await();
      }
      assertThat(recording.end()).isEqualTo(new ExecEnd.Exited(7));
      assertThat(recording.stderr()).isEqualTo("end\n");
      byte[] output = recording.stdoutBytes();
      assertThat(output.length).isGreaterThan(50_000_000);
      StringBuilder expected = new StringBuilder(output.length);
      for (int i = 1; i <= 6_600_000; i++) {
        expected.append(i).append('\n');
      }
      assertThat(digest(output))
          .isEqualTo(digest(expected.toString().getBytes(StandardCharsets.US_ASCII)));
      assertThat(Recording.output(cell, "echo on")).isEqualTo("on\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void inputIsWholeAndInOrder(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      byte[] input = new byte[8_000_000];
      new java.util.Random(7).nextBytes(input);
      Recording recording = Recording.start(cell, Recording.shell("md5sum", true));
      try (Hangup _ = Hangup.every(40, cell)) {
        Stdin.writeAll(recording, input);
        recording.await();
      }
      assertThat(recording.stdout()).isEqualTo(digest(input) + "  -\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void startsEndsAndMountsSurvive(Tier tier) throws Exception {
    try (TestHost host = TestHost.open(tier, folder)) {
      Cell cell = host.claimed();
      try (Hangup _ = Hangup.every(30, cell)) {
        for (int i = 0; i < 40; i++) {
          assertThat(Recording.output(cell, "echo " + i)).isEqualTo(i + "\n");
        }
      }
      host.mountFile(cell, "/mnt", "late");
      assertThat(Recording.output(cell, "cat /mnt/file")).isEqualTo("late");
    }
  }

  private static String digest(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
  }

  /** A thread that hangs up on a cell's agent until it is closed. */
  private record Hangup(Thread thread) implements AutoCloseable {
    static Hangup every(long millis, Cell cell) {
      return new Hangup(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        Thread.sleep(millis);
                        ((LocalCell) cell).disconnectAgent();
                      }
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }

    @Override
    public void close() throws InterruptedException {
      thread.interrupt();
      thread.join();
    }
  }
}
