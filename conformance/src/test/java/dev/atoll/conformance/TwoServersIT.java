package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.protocol.admin.InspectSandboxRequest;
import dev.atoll.protocol.modal.TaskGetCommandRouterAccessRequest;
import dev.atoll.protocol.router.TaskExecPollRequest;
import dev.atoll.protocol.worker.EndCause;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.FailedPreconditionException;
import dev.atoll.sdk.ReadinessProbe;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.Tunnel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two servers with two data folders on one host, each with a domain for its tunnels, and the death
 * of one of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class TwoServersIT {
  private RunningServer first;
  private RunningServer second;
  private TunnelDomainFiles firstDomain;
  private TunnelDomainFiles secondDomain;
  private Sandbox firstSandbox;
  private Sandbox secondSandbox;
  private Atoll firstClient;
  private Atoll secondClient;

  @BeforeAll
  void start(@TempDir Path one, @TempDir Path two) throws IOException, InterruptedException {
    Path root = TinyRoot.folder(one.resolve("root"));
    firstDomain = TunnelDomainFiles.write("one.atoll.test", one);
    secondDomain = TunnelDomainFiles.write("two.atoll.test", two);
    first = RunningServer.start("gvisor", one, firstDomain.settings());
    second = RunningServer.start("runc", two, secondDomain.settings());
    for (RunningServer server : List.of(first, second)) {
      try (Wire wire = Wire.to(server)) {
        wire.importImage(root, "tiny:1");
      }
    }
    firstClient = first.client();
    firstSandbox = sandbox(firstClient);
    serveFiles(firstSandbox);
    secondClient = second.client();
    secondSandbox = sandbox(secondClient);
    serveFiles(secondSandbox);
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    firstClient.close();
    secondClient.close();
    try (RunningServer alsoWhenTheOtherFails = second) {
      first.close();
      assertThat(alsoWhenTheOtherFails.health()).isEqualTo(200);
    }
  }

  @Test
  @Order(1)
  void theyShareNoNameOnTheHost() throws IOException, InterruptedException {
    assertThat(first.instanceId()).isNotEqualTo(second.instanceId());
    assertThat(Leftovers.of(first.instanceId(), first.dataFolder()))
        .isNotEmpty()
        .doesNotContainAnyElementsOf(Leftovers.of(second.instanceId(), second.dataFolder()));
  }

  @Test
  @Order(2)
  void aSandboxOfOneCantReachTheOthers() throws IOException, InterruptedException {
    String firstAddress = address(firstSandbox);
    String secondAddress = address(secondSandbox);
    assertThat(firstAddress).isNotEqualTo(secondAddress);
    assertThat(fetch(firstSandbox, firstAddress)).as("its own address answers").isZero();
    assertThat(fetch(secondSandbox, secondAddress)).as("its own address answers").isZero();

    assertThat(fetch(firstSandbox, secondAddress)).isEqualTo(1);
    assertThat(fetch(secondSandbox, firstAddress)).isEqualTo(1);
  }

  @Test
  @Order(3)
  void javaClientsReachTunnelsBelowADomain()
      throws IOException, InterruptedException, GeneralSecurityException {
    reachTunnels(firstClient, firstDomain);
    reachTunnels(secondClient, secondDomain);
  }

  private static void reachTunnels(Atoll client, TunnelDomainFiles domain)
      throws IOException, InterruptedException, GeneralSecurityException {
    App app = client.apps().fromName("tunnels", options -> options.createIfMissing(true));
    String serve = "echo from inside > /srv/index.html; exec httpd -f -p 8000 -h /srv";
    try (Sandbox web =
            client
                .sandboxes()
                .create(
                    app,
                    client.images().fromRegistry("tiny:1"),
                    box ->
                        box.command("sh", "-c", serve)
                            .encryptedPorts(8000, 9000)
                            .unencryptedPorts(7000)
                            .readinessProbe(ReadinessProbe.tcp(8000)));
        TunnelClient outside = TunnelClient.trusting(domain.authority())) {
      Map<Integer, Tunnel> tunnels = web.tunnels();
      assertThat(tunnels.values())
          .extracting(Tunnel::host)
          .doesNotHaveDuplicates()
          .hasSize(3)
          .allMatch(host -> host.matches("[a-z2-7]{26}\\." + Pattern.quote(domain.name())));
      Tunnel plain = web.tunnel(7000);
      assertThat(plain.unencrypted())
          .hasValueSatisfying(
              address -> {
                assertThat(address.getHostString()).isEqualTo(plain.host());
                assertThat(address.getPort()).isNotEqualTo(plain.port());
              });
      web.waitUntilReady(Duration.ofSeconds(20));
      URI url = web.tunnel(8000).url().resolve("/index.html");
      assertThat(outside.askHere(url)).contains("200 OK").endsWith("from inside\n");
      assertThat(outside.askHere(web.tunnel(9000).url())).contains(" 502 ").contains("9000");
      URI nobodys = URI.create(url.toString().replace(url.getHost(), "x." + domain.name()));
      refused(outside, nobodys);
      web.terminateAndWait();
      refused(outside, url);
    }
  }

  private static void refused(TunnelClient outside, URI url) {
    assertThat(catchThrowableOfType(SSLException.class, () -> outside.askHere(url)))
        .hasMessageContaining("unrecognized_name");
  }

  @TestFactory
  @Order(3)
  Stream<DynamicTest> officialClientsReachTunnelsBelowADomain()
      throws IOException, InterruptedException {
    return Stream.concat(
        tunnelTests("0.7.2", "gvisor", first, firstDomain),
        tunnelTests("0.7.6", "runc", second, secondDomain));
  }

  private static Stream<DynamicTest> tunnelTests(
      String version, String tier, RunningServer server, TunnelDomainFiles domain)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(server.clientEnvironment());
    environment.put("ATOLL_TIER", tier);
    environment.put("TUNNEL_DOMAIN", domain.name());
    environment.put("NODE_EXTRA_CA_CERTS", domain.authority().toString());
    List<NodeResult> results = new ArrayList<>();
    OfficialClient client = OfficialClient.install(version, "two-servers");
    client.run(client.folder().resolve("domain/tunnels.test.mjs"), environment, results::add);
    return results.stream()
        .map(
            result ->
                DynamicTest.dynamicTest(
                    tier + " " + version + " domain: " + result.name(),
                    () -> assertThat(result.passed()).as(result.error()).isTrue()));
  }

  @Test
  @Order(4)
  void aRestartAfterACrashOfAllClearsItsOwnAndRemembers() throws IOException, InterruptedException {
    String instanceId = first.instanceId();
    String tokenSecret = first.credential("token_secret");
    String taskId;
    String jwt;
    try (Wire wire = Wire.to(first)) {
      taskId = inspect(wire).getTaskId();
      TaskGetCommandRouterAccessRequest request =
          TaskGetCommandRouterAccessRequest.newBuilder().setTaskId(taskId).build();
      jwt = wire.control().taskGetCommandRouterAccess(request).getJwt();
    }

    firstSandbox.mountImage("/mnt/www", firstSandbox.snapshotDirectory("/www"));
    firstSandbox.mountEmptyDirectory("/mnt/empty");
    assertThat(run(firstSandbox, "cp /mnt/www/index.html /mnt/empty")).isZero();
    assertThat(first.data().resolve("images/writable/roots").toFile().list()).hasSize(3);

    first.kill();
    List<String> orphans = Leftovers.of(instanceId, first.dataFolder());
    assertThat(orphans).anyMatch(line -> line.startsWith("process "));
    assertThat(run(secondSandbox, "echo still here")).isZero();
    endProcesses(orphans);
    first = RunningServer.start("gvisor", first.folder());

    assertThat(first.instanceId()).isEqualTo(instanceId);
    assertThat(first.credential("token_secret")).isEqualTo(tokenSecret);
    assertThat(Leftovers.of(instanceId, first.dataFolder()))
        .as("of the processes before the crash none is left")
        .doesNotContainAnyElementsOf(
            orphans.stream().filter(line -> line.startsWith("process ")).toList())
        .noneMatch(line -> line.contains(taskId));
    assertThat(first.data().resolve("images/writable/roots"))
        .as("nothing is left of the root and what was mounted in it")
        .isEmptyDirectory();
    assertThat(run(secondSandbox, "echo still here")).as("the other's are left alone").isZero();
    assertThat(fetch(secondSandbox, address(secondSandbox))).isZero();

    try (Wire wire = Wire.to(first)) {
      assertThat(inspect(wire).getState()).isEqualTo("ended");
      assertThat(inspect(wire).getEnded().getCause()).isIn(EndCause.WORKER_LOST, EndCause.CRASHED);
      TaskExecPollRequest poll =
          TaskExecPollRequest.newBuilder().setTaskId(taskId).setExecId("none").build();
      assertThat(refusal(wire, jwt, poll)).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(refusal(wire, jwt + "x", poll)).isEqualTo(Status.Code.UNAUTHENTICATED);
    }
    goesOn();
  }

  /** What a server's death alone would leave running. */
  private static void endProcesses(List<String> leftovers) {
    for (String line : leftovers) {
      if (line.startsWith("process ")) {
        long process = Long.parseLong(line.split(" ")[1]);
        ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  /** The store is as it was: apps, images and what is known about ended sandboxes. */
  private void goesOn() throws IOException, InterruptedException {
    try (Atoll client = first.client()) {
      Sandbox earlier = client.sandboxes().fromId(firstSandbox.id());
      assertThat(catchThrowableOfType(FailedPreconditionException.class, earlier::waitFor))
          .hasMessageContaining(firstSandbox.id() + " was cut off");
      try (Sandbox fresh = sandbox(client)) {
        assertThat(fresh.id()).isNotEqualTo(firstSandbox.id());
        assertThat(run(fresh, "echo here")).isZero();
      }
    }
    assertThat(Files.readAllLines(first.data().resolve("server.pid")))
        .containsExactly(Long.toString(first.pid()), first.address().toString());
  }

  private static Sandbox sandbox(Atoll client) {
    App app = client.apps().fromName("neighbours", options -> options.createIfMissing(true));
    return client.sandboxes().create(app, client.images().fromRegistry("tiny:1"));
  }

  /** Serves a folder on port 8080, from now on. */
  private static void serveFiles(Sandbox sandbox) throws InterruptedException {
    assertThat(run(sandbox, "mkdir /www; echo hello > /www/index.html; httpd -p 8080 -h /www"))
        .isZero();
  }

  private static int fetch(Sandbox sandbox, String address) throws InterruptedException {
    String request = "printf 'GET / HTTP/1.0\\r\\n\\r\\n'";
    return run(sandbox, request + " | nc -w 3 " + address + " 8080 | grep -q hello");
  }

  private static String address(Sandbox sandbox) {
    String script = "ip -o -4 addr | sed -n 's,.*inet \\(10[0-9.]*\\).*,\\1,p'";
    String address = sandbox.exec("sh", "-c", script).readText().strip();
    assertThat(address).matches("[0-9.]+");
    return address;
  }

  private static int run(Sandbox sandbox, String script) throws InterruptedException {
    return sandbox
        .exec(List.of("sh", "-c", script), exec -> exec.timeout(Duration.ofSeconds(10)))
        .waitFor();
  }

  private dev.atoll.protocol.admin.Sandbox inspect(Wire wire) {
    return wire.admin()
        .inspectSandbox(InspectSandboxRequest.newBuilder().setSandboxId(firstSandbox.id()).build());
  }

  private static Status.Code refusal(Wire wire, String jwt, TaskExecPollRequest poll) {
    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> wire.router(jwt).taskExecPoll(poll));
    return refused.getStatus().getCode();
  }
}
