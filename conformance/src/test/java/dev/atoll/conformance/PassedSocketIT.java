package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.protocol.modal.AppGetOrCreateRequest;
import dev.atoll.protocol.modal.ObjectCreationType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server on a socket that a service manager keeps, as systemd does: sd_listen_fds(3). */
class PassedSocketIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Listens, and has the command of its arguments run with that socket until it ends well. */
  private static final String MANAGER =
      """
      use Socket; use POSIX; $^F = 9; $| = 1;
      socket(my $socket, PF_INET, SOCK_STREAM, 0) or die $!;
      bind($socket, sockaddr_in(0, INADDR_LOOPBACK)) or die $!;
      listen($socket, 100) or die $!;
      print((sockaddr_in(getsockname($socket)))[0], "\\n");
      dup2(fileno($socket), 3) or die $!;
      my $runs = 0;
      do {
        my $server = fork();
        if (!$server) { $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1; exec(@ARGV) or die $!; }
        waitpid($server, 0);
      } while $? and ++$runs < 3;
      """;

  @Test
  void whoConnectsWhileNoServerRunsWaitsForTheNext(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path data = folder.resolve("data");
    Path config = Files.writeString(folder.resolve("config.yaml"), MachineConfig.forTier("runc"));
    List<String> command =
        new ArrayList<>(List.of("env", "--default-signal=INT", "perl", "-e", MANAGER));
    command.addAll(
        AtollProcess.command(
                Map.of(), "serve", "--data-dir", data.toString(), "--config", config.toString())
            .command());
    Path log = folder.resolve("server.log");
    Process manager = new ProcessBuilder(command).redirectError(log.toFile()).start();
    try {
      String port = manager.inputReader().readLine();
      List<String> first = awaitServer(data, "none", log);
      assertThat(first.get(1)).isEqualTo("http://127.0.0.1:" + port);

      signal("KILL", first.getFirst());
      try (Wire wire = wire(data, URI.create(first.get(1)))) {
        assertThat(app(wire)).as("no server runs when it is asked").startsWith("ap-");
      }

      List<String> second = awaitServer(data, first.getFirst(), log);
      assertThat(second.get(1)).isEqualTo(first.get(1));
      signal("INT", second.getFirst());
      assertThat(manager.waitFor(20, TimeUnit.SECONDS)).as(Files.readString(log)).isTrue();
      assertThat(manager.exitValue()).isZero();
      String instance = Files.readString(data.resolve("instance-id")).strip();
      assertThat(Leftovers.of(instance, data.toString())).as(Files.readString(log)).isEmpty();
    } finally {
      manager.descendants().forEach(ProcessHandle::destroyForcibly);
      manager.destroyForcibly().waitFor();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void whatIsNoSocketToListenOnIsRefused(String count, @TempDir Path folder)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                "LISTEN_PID=$$ LISTEN_FDS=" + count + " exec \"$@\" 3</dev/null",
                "sh"));
    command.addAll(
        AtollProcess.command(Map.of(), "serve", "--data-dir", folder.toString()).command());
    CommandOutcome outcome = AtollProcess.outcome(new ProcessBuilder(command), new byte[0]);
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.errors())
        .contains("atoll serve: the service manager passed no socket")
        .doesNotContain("\tat ");
  }

  private static String app(Wire wire) {
    return wire.control()
        .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .appGetOrCreate(
            AppGetOrCreateRequest.newBuilder()
                .setAppName("waits")
                .setObjectCreationType(ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_IF_MISSING)
                .build())
        .getAppId();
  }

  private static Wire wire(Path data, URI address) throws IOException {
    List<String> lines = Files.readAllLines(data.resolve("credentials"));
    return Wire.to(address, value(lines, "token_id="), value(lines, "token_secret="));
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()))
        .findFirst()
        .orElseThrow();
  }

  /** What {@code server.pid} says once a server runs whose process is another one. */
  private static List<String> awaitServer(Path data, String before, Path log)
      throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(LIMIT);
    Path file = data.resolve("server.pid");
    while (!Files.exists(file) || Files.readAllLines(file).getFirst().equals(before)) {
      assertThat(Instant.now()).as(Files.readString(log)).isBefore(deadline);
      Thread.sleep(20);
    }
    return Files.readAllLines(file);
  }

  private static void signal(String name, String process) throws IOException, InterruptedException {
    TinyRoot.run("kill", "-" + name, process);
    if (name.equals("KILL")) {
      ProcessHandle.of(Long.parseLong(process)).ifPresent(handle -> handle.onExit().join());
    }
  }
}
