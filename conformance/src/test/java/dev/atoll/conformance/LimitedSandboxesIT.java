package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.protocol.admin.InspectSandboxRequest;
import dev.atoll.protocol.worker.EndCause;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sandboxes at their limits, their neighbours, and their server's death. */
class LimitedSandboxesIT {
  private static final String GREEDY = "x=$(head -c 300000000 /dev/zero | tr '\\0' x); echo got it";
  private static final int LIMIT_MIB = 100;

  @ParameterizedTest
  @ValueSource(strings = {"runc", "gvisor"})
  void whoeverNeedsTooMuchEndsAlone(String tier, @TempDir Path folder)
      throws IOException, InterruptedException {
    RunningServer server = RunningServer.start(tier, folder, "poolSize: 1\n");
    try (Atoll atoll = server.client()) {
      try (Wire wire = Wire.to(server)) {
        wire.importImage(TinyRoot.folder(folder.resolve("root")), "tiny:1");
      }
      Sandbox neighbour = create(atoll, box -> box.command("sleep", "3000"));
      Sandbox later =
          create(
              atoll,
              box ->
                  box.memoryMiB(LIMIT_MIB)
                      .memoryLimitMiB(LIMIT_MIB)
                      .command("sh", "-c", "until [ -e /go ]; do sleep 0.1; done; " + GREEDY));
      Sandbox greedy =
          create(
              atoll,
              box ->
                  box.memoryMiB(LIMIT_MIB).memoryLimitMiB(LIMIT_MIB).command("sh", "-c", GREEDY));
      assertThat(greedy.waitFor()).isEqualTo(137);
      assertRanOutOfMemory(server, greedy);
      Sandbox busy =
          create(
              atoll,
              box ->
                  box.cpu(0.1)
                      .cpuLimit(0.2)
                      .command("sh", "-c", "timeout 2 sh -c 'while :; do :; done'; exit 3"));
      assertThat(busy.waitFor()).isEqualTo(3);
      TaskEnded ended = ended(server, busy);
      assertThat(ended.getCause()).isEqualTo(EndCause.EXITED);
      assertThat(ended.getCpuMicros()).as("CPU time").isPositive();
      assertThat(ended.getPeakMemoryBytes()).as("peak memory").isPositive();
      assertThat(neighbour.exec("true").waitFor()).isZero();

      server.kill();
      server = server.next();
      assertThat(neighbour.poll()).isEmpty();
      assertThat(neighbour.exec("true").waitFor()).isZero();
      assertThat(later.exec("touch", "/go").waitFor()).isZero();
      assertThat(later.waitFor()).isEqualTo(137);
      assertRanOutOfMemory(server, later);
      assertThat(neighbour.exec("true").waitFor()).isZero();
    } finally {
      server.close();
    }
  }

  private static Sandbox create(Atoll atoll, Consumer<SandboxOptions.Builder> options)
      throws InterruptedException {
    App app = atoll.apps().fromName("limited", made -> made.createIfMissing(true));
    Image tiny = atoll.images().fromRegistry("tiny:1");
    return atoll.sandboxes().create(app, tiny, options);
  }

  private static void assertRanOutOfMemory(RunningServer server, Sandbox sandbox)
      throws IOException {
    TaskEnded ended = ended(server, sandbox);
    assertThat(ended.getCause()).isEqualTo(EndCause.OUT_OF_MEMORY);
    assertThat(ended.getPeakMemoryBytes())
        .as("peak memory")
        // Version 1 counts what it then refuses.
        .isBetween((LIMIT_MIB / 2L) << 20, (LIMIT_MIB + 1L) << 20);
  }

  private static TaskEnded ended(RunningServer server, Sandbox sandbox) throws IOException {
    try (Wire wire = Wire.to(server)) {
      return wire.admin()
          .inspectSandbox(InspectSandboxRequest.newBuilder().setSandboxId(sandbox.id()).build())
          .getEnded();
    }
  }
}
