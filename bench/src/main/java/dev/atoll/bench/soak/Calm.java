package dev.atoll.bench.soak;

import dev.atoll.protocol.admin.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What there is when all work has been ended and removed.
 *
 * @param inside of the server's process
 * @param host of a server without sandboxes
 * @param stored after a drain
 */
record Calm(ServerInside inside, HostThings host, StoredThings stored) {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int STEADY = 4;

  /**
   * Ends all sandboxes, removes all images but the sandboxes' root, waits until the server has
   * nothing to do, and drains it. After that nothing must be left on the host, which is counted as
   * a violation otherwise.
   *
   * @param isCalm tells when the host has what it should
   */
  static Calm bringAbout(SoakServer server, World world, Path scratch, Predicate<HostThings> isCalm)
      throws IOException, InterruptedException, SQLException, Violation {
    PatientClient client = world.client();
    endSandboxes(world);
    List<Image> images = client.repeat("images listed", () -> world.admin().images());
    for (Image image : images) {
      boolean isRoot = world.image().id().equals(Optional.of(image.getImageId()));
      if (image.getTagsList().isEmpty() && !isRoot) {
        client.run(
            "image without owner deleted", () -> world.atoll().images().delete(image.getImageId()));
      }
    }
    awaitEmpty(server.data().resolve("images/trash"));
    HostThings host = awaitCalm(server, isCalm);
    ServerInside inside = ServerInside.of(server.pid(), scratch);
    String instance = server.instanceId();
    world.admin().drain();
    server.awaitEnd("drain");
    HostThings.of(instance, server.data())
        .all()
        .forEach(left -> client.tally().violated("left after a drain: " + left));
    return new Calm(inside, host, StoredThings.of(server.data()));
  }

  private static void endSandboxes(World world) throws Violation, InterruptedException {
    PatientClient client = world.client();
    List<String> live =
        client.repeat(
            "sandboxes listed",
            () -> world.admin().sandboxes().stream().map(box -> box.getSandboxId()).toList());
    for (String id : live) {
      try (dev.atoll.sdk.Sandbox sandbox =
          client.repeat("found by id", () -> world.atoll().sandboxes().fromId(id))) {
        client.run("terminate", sandbox::terminate);
        if (client.repeat("wait", () -> sandbox.waitFor(LIMIT)).isEmpty()) {
          client.tally().violated(id + " has not ended " + LIMIT + " after terminate");
        }
      }
    }
  }

  private static void awaitEmpty(Path folder) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      try (Stream<Path> entries = Files.list(folder)) {
        if (entries.findAny().isEmpty()) {
          return;
        }
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /** As it is when it has not changed for a while, and is as it should be, or the time is over. */
  private static HostThings awaitCalm(SoakServer server, Predicate<HostThings> isCalm)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    HostThings now = HostThings.of(server.instanceId(), server.data());
    int same = 0;
    while (System.nanoTime() < end && !(same >= STEADY && isCalm.test(now))) {
      TimeUnit.SECONDS.sleep(1);
      Map<String, Integer> before = now.counts();
      now = HostThings.of(server.instanceId(), server.data());
      same = now.counts().equals(before) ? same + 1 : 0;
    }
    return now;
  }
}
