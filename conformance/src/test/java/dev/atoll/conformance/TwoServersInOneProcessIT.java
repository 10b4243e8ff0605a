package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.cells.Tier;
import dev.atoll.server.AtollServer;
import dev.atoll.server.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers of a program that has them as parts. */
class TwoServersInOneProcessIT {
  @Test
  void theyStartAtOnceAndLeaveNothingWhenTheirThreadIsInterrupted(
      @TempDir Path one, @TempDir Path two)
      throws IOException, InterruptedException, ExecutionException {
    FutureTask<AtollServer> starting = new FutureTask<>(() -> AtollServer.start(config(two)));
    Thread.ofPlatform().start(starting);
    try (AtollServer first = AtollServer.start(config(one));
        AtollServer second = starting.get()) {
      assertThat(first.url()).isNotEqualTo(second.url());
      assertThat(leftovers(one)).as("what is looked for at the end").isNotEmpty();
      Thread.currentThread().interrupt();
    }
    assertThat(Thread.interrupted()).isTrue();
    assertThat(leftovers(one)).isEmpty();
    assertThat(leftovers(two)).isEmpty();
  }

  private static ServerConfig config(Path folder) throws IOException {
    return ServerConfig.defaults(folder, 0, Tier.RUNC);
  }

  private static List<String> leftovers(Path folder) throws IOException, InterruptedException {
    String instanceId = Files.readString(folder.resolve("instance-id")).strip();
    return Leftovers.of(instanceId, folder.toString());
  }
}
