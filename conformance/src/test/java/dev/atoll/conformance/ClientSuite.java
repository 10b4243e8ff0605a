package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.protocol.admin.CreateProxyRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * The official clients' tests against one server of one tier. Each Node test is one test here, told
 * while the Node program still runs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ClientSuite {
  /** Its programs make an internet of their own on this host: there can be one. */
  private static final String WITH_INTERNET = "network-policy.test.mjs";

  private final String tier;
  private final BlockingQueue<Optional<DynamicTest>> ended = new LinkedBlockingQueue<>();
  private @Nullable RunningServer server;

  ClientSuite(String tier) {
    this.tier = tier;
  }

  @BeforeAll
  void startServer(@TempDir Path folder) throws IOException, InterruptedException {
    server = RunningServer.start(tier, folder);
    say("server ready");
    AtollProcess.run("image", "bootstrap", "python:3.13", "--data-dir", server.dataFolder());
    say("image python:3.13 ready");
    Path empty = folder.resolve("empty");
    Files.createDirectories(empty.resolve("srv"));
    try (Wire wire = Wire.to(server)) {
      wire.importImage(empty, "empty:1");
      var unused =
          wire.admin().createProxy(CreateProxyRequest.newBuilder().setName("conformance").build());
    }
  }

  /** Also a test: the server must end in time, whatever the clients have left behind. */
  @AfterAll
  void stopServer() throws IOException, InterruptedException {
    if (server != null) {
      List<Path> tools = toolsInLayers(server);
      server.discard();
      assertThat(tools).as("layers that the helpers' programs have reached").isEmpty();
    }
  }

  /** What builds and snapshots have taken of the folder that only running sandboxes have. */
  private static List<Path> toolsInLayers(RunningServer server) throws IOException {
    try (Stream<Path> layers = Files.list(Path.of(server.dataFolder(), "images", "layers"))) {
      return layers.map(layer -> layer.resolve("__modal/.bin")).filter(Files::exists).toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> officialClients() throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(running().clientEnvironment());
    environment.put("ATOLL_TIER", tier);
    environment.put("ATOLL_LOG", running().folder().resolve("server.log").toString());
    environment.put("NODE_EXTRA_CA_CERTS", running().trusted().toString());
    Thread.ofPlatform().name("node-tests").start(() -> runAll(environment));
    return Stream.iterate(next(), Optional::isPresent, previous -> next())
        .flatMap(Optional::stream);
  }

  /** The versions side by side: their programs share little but the server. */
  private void runAll(Map<String, String> environment) {
    List<Thread> running = new ArrayList<>();
    for (String version : OfficialClient.VERSIONS) {
      running.add(
          Thread.ofPlatform()
              .name("node-tests-" + version)
              .start(() -> runAll(version, environment)));
    }
    try {
      for (Thread thread : running) {
        thread.join();
      }
    } catch (InterruptedException e) {
      tell("all clients", e);
    }
    ended.add(Optional.empty());
  }

  private void runAll(String version, Map<String, String> environment) {
    try {
      OfficialClient client = OfficialClient.install(version, tier);
      for (Path file : client.testFiles()) {
        runFile(client, file, environment);
      }
    } catch (TestAbortedException | IOException | InterruptedException e) {
      tell("client " + version, e);
    }
  }

  private void runFile(OfficialClient client, Path file, Map<String, String> environment)
      throws IOException, InterruptedException {
    if (file.endsWith(WITH_INTERNET)) {
      try (HostLock _ = HostLock.ofInternet()) {
        runProgram(client, file, environment);
      }
    } else {
      runProgram(client, file, environment);
    }
  }

  private void runProgram(OfficialClient client, Path file, Map<String, String> environment)
      throws IOException, InterruptedException {
    String prefix =
        client.version() + " " + String.valueOf(file.getFileName()).replace(".test.mjs", ": ");
    try {
      client.run(file, environment, result -> tell(prefix + result.name(), outcome(result)));
    } catch (AssertionError e) {
      tell(prefix + "the whole program", e);
    }
  }

  private static @Nullable Throwable outcome(NodeResult result) {
    if (result.skipped() != null) {
      return new TestAbortedException(result.skipped());
    }
    return result.passed() ? null : new AssertionError(result.error());
  }

  private void tell(String name, @Nullable Throwable outcome) {
    say((outcome == null ? "passed " : "not passed ") + name);
    ended.add(
        Optional.of(
            DynamicTest.dynamicTest(
                tier + " " + name,
                () -> {
                  if (outcome != null) {
                    throw outcome;
                  }
                })));
  }

  private Optional<DynamicTest> next() {
    try {
      return ended.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private RunningServer running() {
    if (server == null) {
      throw new IllegalStateException("the server was not started");
    }
    return server;
  }

  /** Lines that {@code ./atoll test} shows while this runs. */
  private void say(String line) {
    System.out.println("[conformance] " + tier + " " + line);
  }
}
