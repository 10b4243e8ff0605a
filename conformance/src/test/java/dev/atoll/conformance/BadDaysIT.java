package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.linux.MountInfo;
import dev.atoll.linux.Mounts;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.AtollException;
import dev.atoll.sdk.FailedPreconditionException;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.NotFoundException;
import dev.atoll.sdk.ResourceExhaustedException;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxProcess;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One server, whose disk, store, clock, runtime and guest agents fail one after the other: who asks
 * meanwhile is told what happens, and afterwards it is as it was. Its end counts what is left.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(120)
class BadDaysIT {
  private static final int KILLED = 137;
  private static final int OUT_OF_TIME = 124;
  private static final int DISK = 64 << 20;

  @TempDir static Path folder;
  private static ShiftedClock clock;
  private static RunningServer server;
  private static Atoll client;
  private static App app;
  private static Image image;
  private static CompletableFuture<Sandbox> stuck;
  private static Set<Path> stuckGroups;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Mounts.tmpfs("data", data, DISK, "0700");
    clock = ShiftedClock.in(folder);
    server =
        RunningServer.start(
            "gvisor",
            folder,
            "poolSize: 0\nrunsc: " + runtimeThatCanHang() + "\n",
            clock.environment());
    client = server.client();
    try (Wire wire = Wire.to(server)) {
      wire.importImage(TinyRoot.folder(folder.resolve("root")), "tiny:1");
    }
    app = client.apps().fromName("bad-days", options -> options.createIfMissing(true));
    image = client.images().fromRegistry("tiny:1");
    Set<Path> before = SandboxOnHost.groups(server.instanceId());
    Files.createFile(folder.resolve("hang"));
    stuck = later(BadDaysIT::create);
    while (!Files.exists(folder.resolve("hangs"))) {
      Thread.sleep(20);
    }
    stuckGroups = SandboxOnHost.groups(server.instanceId());
    stuckGroups.removeAll(before);
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    String instanceId;
    try {
      instanceId = server.instanceId();
      client.close();
      server.signal("INT");
      assertThat(server.awaitEnd()).as(server.log()).isZero();
      assertThat(MountInfo.atOrBelow(server.data())).as("only the test's own").hasSize(1);
    } finally {
      // Also when there is no server.
      Mounts.unmountLazily(folder.resolve("data"));
    }
    assertThat(Leftovers.of(instanceId, server.dataFolder())).isEmpty();
  }

  /** It hangs once, when there is a file that says so. */
  private static Path runtimeThatCanHang() throws IOException {
    Path program =
        Files.writeString(
            folder.resolve("runsc"),
            """
            #!/bin/sh
            if mv %s %s 2>/dev/null; then sleep 1000; fi
            exec "${ATOLL_RUNSC:-runsc}" "$@"
            """
                .formatted(folder.resolve("hang"), folder.resolve("hangs")));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  @Test
  void aFullDataFolderRefusesCreatesUntilThereIsRoom() throws IOException, InterruptedException {
    try (Sandbox before = create()) {
      Path filler = server.data().resolve("filler");
      try {
        fill(filler);
        assertThat(catchThrowableOfType(AtollException.class, BadDaysIT::create))
            .hasMessageContaining("disk")
            .hasMessageContaining("full");
        assertThat(
                catchThrowableOfType(ResourceExhaustedException.class, () -> before.exec("true")))
            .hasMessageContaining("the server's disk is full");
      } finally {
        Files.delete(filler);
      }
      try (Sandbox after = create()) {
        assertThat(after.exec("true").waitFor()).isZero();
      }
      assertThat(before.exec("true").waitFor()).isZero();
    }
  }

  private static void fill(Path filler) throws IOException {
    byte[] block = new byte[1 << 12];
    try (OutputStream out = Files.newOutputStream(filler)) {
      for (int i = 0; i < DISK / block.length; i++) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  @Test
  void aLockedStoreRefusesWritesAndStoresEndsWhenItIsFree() throws Exception {
    SandboxOnHost seen = SandboxOnHost.create(server, BadDaysIT::create);
    Sandbox sandbox = seen.sandbox();
    CompletableFuture<Integer> ended;
    try (Wire wire = Wire.to(server);
        Connection other =
            DriverManager.getConnection(
                "jdbc:sqlite:" + server.data().resolve("control/atoll.db"));
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      StatusRuntimeException refused =
          catchThrowableOfType(
              StatusRuntimeException.class, () -> wire.control().sandboxCreate(request()));
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(refused).hasMessageContaining("another process has locked the store");
      // The control plane is not on the way of an exec.
      assertThat(sandbox.exec("echo", "on").readText()).isEqualTo("on\n");
      ended = later(sandbox::terminateAndWait);
      seen.awaitNoProcess();
      assertThat(ended).isNotDone();
      statement.execute("ROLLBACK");
    }
    assertThat(ended.join()).isEqualTo(KILLED);
    try (Sandbox after = create()) {
      assertThat(after.poll()).isEmpty();
    }
  }

  @Test
  void deadlinesAreKeptWhateverTheClockSays() throws IOException, InterruptedException {
    try (Sandbox steady = create()) {
      Sandbox brief = create(Duration.ofSeconds(4));
      SandboxProcess process =
          steady.exec(List.of("sleep", "60"), options -> options.timeout(Duration.ofSeconds(3)));
      long begin = System.nanoTime();
      clock.shift(Duration.ofMinutes(50));
      assertThat(process.waitFor(1, TimeUnit.SECONDS)).isFalse();
      clock.shift(Duration.ofDays(-2));
      process.waitFor();
      assertThat(since(begin)).isBetween(2_000L, 8_000L);
      assertThat(brief.waitFor()).isEqualTo(OUT_OF_TIME);
      assertThat(since(begin)).isBetween(2_000L, 10_000L);
      assertThat(steady.exec("echo", "on").readText()).isEqualTo("on\n");
      // Tokens end by it; who asks again gets another.
      clock.shift(Duration.ofDays(2));
      assertThat(steady.poll()).isEmpty();
      try (Sandbox found = client.sandboxes().fromId(steady.id())) {
        assertThat(found.exec("echo", "on").readText()).isEqualTo("on\n");
      }
    } finally {
      clock.shift(Duration.ZERO);
    }
  }

  private static long since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin).toMillis();
  }

  @Test
  void aStoppedAgentHoldsUpItsSandboxAlone() throws Exception {
    SandboxOnHost stopped = SandboxOnHost.create(server, BadDaysIT::create);
    try (Sandbox other = create()) {
      stopped.signal("STOP");
      CompletableFuture<String> waiting =
          later(() -> stopped.sandbox().exec("echo", "on").readText());
      assertThat(other.exec("echo", "on").readText()).isEqualTo("on\n");
      assertThat(waiting).isNotDone();
      stopped.signal("CONT");
      assertThat(waiting.join()).isEqualTo("on\n");

      SandboxProcess process = stopped.sandbox().exec("sleep", "60");
      stopped.signal("STOP");
      assertThat(stopped.sandbox().terminateAndWait()).isEqualTo(KILLED);
      assertThat(catchThrowableOfType(NotFoundException.class, process::waitFor))
          .hasMessageContaining("has ended: terminated by client");
    }
  }

  @Test
  void aDeadAgentEndsItsSandboxAlone() throws Exception {
    SandboxOnHost dying = SandboxOnHost.create(server, BadDaysIT::create);
    try (Sandbox other = create()) {
      SandboxProcess process = dying.sandbox().exec("sleep", "60");
      dying.signal("KILL");
      assertThat(
              catchThrowableOfType(
                  FailedPreconditionException.class, () -> dying.sandbox().waitFor()))
          .hasMessageContaining("was cut off: a process of the runtime ended");
      assertThat(process.waitFor()).isEqualTo(KILLED);
      assertThat(
              AtollProcess.run("inspect", dying.sandbox().id(), "--data-dir", server.dataFolder()))
          .containsPattern("cause: +crashed");
      assertThat(other.exec("echo", "on").readText()).isEqualTo("on\n");
    }
  }

  /** All others run meanwhile. */
  @Test
  @Order(Integer.MAX_VALUE)
  void aRuntimeThatHangsFailsItsCreateAloneAndInTime() throws Exception {
    assertThatThrownBy(() -> stuck.orTimeout(40, TimeUnit.SECONDS).join())
        .hasCauseInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("could not be started on this host");
    assertThat(server.log()).contains("the runtime can't boot a cell: sh took longer than 20 s");
    assertThat(stuckGroups).isNotEmpty().allSatisfy(group -> assertThat(group).doesNotExist());
    try (Sandbox after = create()) {
      assertThat(after.exec("true").waitFor()).isZero();
    }
  }

  private static Sandbox create() {
    return create(Duration.ofMinutes(10));
  }

  /** Waits until it runs. */
  private static Sandbox create(Duration lifetime) {
    Sandbox sandbox = client.sandboxes().create(app, image, options -> options.timeout(lifetime));
    assertThat(sandbox.exec("echo", "on").readText()).isEqualTo("on\n");
    return sandbox;
  }

  private static SandboxCreateRequest request() {
    return SandboxCreateRequest.newBuilder()
        .setAppId(app.id())
        .setDefinition(
            dev.atoll.protocol.modal.Sandbox.newBuilder()
                .setImageId(image.build(app).id().orElseThrow()))
        .build();
  }

  private static <T> CompletableFuture<T> later(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, task -> Thread.ofVirtual().start(task));
  }
}
