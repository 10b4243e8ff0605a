package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.protocol.modal.Resources;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.InvalidArgumentException;
import dev.atoll.sdk.ResourceExhaustedException;
import dev.atoll.sdk.Sandbox;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host that takes no more than its memory once, and one create in its queue. */
@Tag("alone")
class AdmissionIT {
  private static final String SETTINGS =
      """
      memoryOvercommit: 1
      defaultMemory: 16MiB
      maximumMemory: 1TiB
      createQueue: 1
      createQueueTime: 4s
      poolSize: 1
      """;

  @Test
  @Timeout(120)
  void createsWaitTheirTurnAndAreToldWhenThereIsNone(@TempDir Path folder)
      throws IOException, InterruptedException {
    RunningServer server = RunningServer.start("runc", folder, SETTINGS);
    try (Atoll client = server.client()) {
      try (Wire wire = Wire.to(server)) {
        wire.importImage(TinyRoot.folder(folder.resolve("root")), "tiny:1");
      }
      Host host = new Host(client);
      assertThat(catchThrowableOfType(InvalidArgumentException.class, () -> host.create(2.0)))
          .hasMessageContaining("all sandboxes of this host together");
      Sandbox large = host.create(0.9);
      try (Sandbox small = host.create(0)) {
        assertThat(small.poll()).isEmpty();
      }

      Pair pair = host.createTwo(0.5);
      assertThat(pair.refused())
          .hasMessageContainingAll("the queue is full", "place 2", "Try again in 2 s");
      large.terminate();
      Sandbox next = pair.waiting().join();
      assertThat(next.exec("true").waitFor()).isZero();

      try (Wire wire = Wire.to(server)) {
        assertThat(host.hangUp(wire, 0.6)).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      }
      // Long before its time in the queue is over.
      awaitNobodyWaiting(server);
      assertThat(client.sandboxes().list().map(Sandbox::id)).containsExactly(next.id());

      assertThat(catchThrowableOfType(CompletionException.class, host.createLater(0.6)::join))
          .hasCauseInstanceOf(ResourceExhaustedException.class)
          .hasMessageContainingAll("it waited for 4 s", "place 1");

      server.kill();
      server = server.next();
      pair = host.createTwo(0.6);
      assertThat(pair.refused()).hasMessageContaining("the queue is full");
      next.terminate();
      Sandbox last = pair.waiting().join();
      assertThat(last.exec("true").waitFor()).isZero();
      last.terminate();
      assertThat(server.metrics(server.credential("token_secret")))
          .contains(
              "atoll_creates_refused_total 1.0\n",
              "atoll_creates_waiting 0.0\n",
              "atoll_sandboxes_live 0.0\n",
              "atoll_sandbox_start_seconds_count{pooled=",
              "atoll_sandbox_ends_total{cause=\"terminated\"} 2.0\n");
      assertThat(server.metrics("as-wrong")).contains("a token for all environments");
    } finally {
      server.close();
    }
  }

  private static void awaitNobodyWaiting(RunningServer server)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + 2_000_000_000L;
    String metrics = "";
    while (!metrics.contains("atoll_creates_waiting 0.0\n")) {
      assertThat(System.nanoTime()).as(metrics).isLessThan(deadline);
      Thread.sleep(50);
      metrics = server.metrics(server.credential("token_secret"));
    }
  }

  /** Creates sandboxes that request a share of the host's memory. */
  private static final class Host {
    private final long memory = mebibytes();
    private final Atoll client;
    private final App app;
    private final Image image;

    Host(Atoll client) throws IOException {
      this.client = client;
      app = client.apps().fromName("full", options -> options.createIfMissing(true));
      image = client.images().fromRegistry("tiny:1");
    }

    Sandbox create(double share) {
      int request = (int) Math.max(16, share * memory);
      return client.sandboxes().create(app, image, options -> options.memoryMiB(request));
    }

    /** A client that gives its create up after half a second; what it got. */
    Status.Code hangUp(Wire wire, double share) {
      SandboxCreateRequest request =
          SandboxCreateRequest.newBuilder()
              .setAppId(app.id())
              .setDefinition(
                  dev.atoll.protocol.modal.Sandbox.newBuilder()
                      .setImageId(image.build(app).id().orElseThrow())
                      .setResources(
                          Resources.newBuilder().setMemoryMb((int) Math.round(share * memory))))
              .build();
      return catchThrowableOfType(
              StatusRuntimeException.class,
              () ->
                  wire.control()
                      .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
                      .sandboxCreate(request))
          .getStatus()
          .getCode();
    }

    CompletableFuture<Sandbox> createLater(double share) {
      return CompletableFuture.supplyAsync(
          () -> create(share), work -> Thread.ofVirtual().start(work));
    }

    /** Two creates at once, of which the queue takes one. */
    Pair createTwo(double share) {
      CompletableFuture<Sandbox> one = createLater(share);
      CompletableFuture<Sandbox> other = createLater(share);
      Throwable first =
          catchThrowableOfType(
              CompletionException.class, () -> CompletableFuture.anyOf(one, other).join());
      CompletableFuture<Sandbox> waiting = one.isCompletedExceptionally() ? other : one;
      assertThat(waiting).isNotDone();
      return new Pair(
          waiting, (ResourceExhaustedException) Objects.requireNonNull(first.getCause()));
    }

    private static long mebibytes() throws IOException {
      try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
        return lines
            .filter(line -> line.startsWith("MemTotal:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
            .findFirst()
            .orElseThrow();
      }
    }
  }

  private record Pair(CompletableFuture<Sandbox> waiting, ResourceExhaustedException refused) {}
}
