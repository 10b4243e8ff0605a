package dev.atoll.conformance;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.protocol.modal.SandboxCreateV2Request;
import dev.atoll.sdk.AtollException;
import dev.atoll.sdk.ClientClosedException;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.InvalidArgumentException;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxProcess;
import dev.atoll.sdk.Secret;
import dev.atoll.sdk.Tunnel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Options of sandboxes, processes and layers with the Java SDK. */
abstract class OptionTests extends ConnectionTests {
  OptionTests(String tier) {
    super(tier);
  }

  @Test
  void secretsApplyInOrderAndEnvironmentsOverThem() {
    Secret first = client.secrets().fromMap(Map.of("A", "first", "B", "first", "C", "first"));
    Secret second = client.secrets().fromMap(Map.of("B", "second", "C", "second"));
    Secret own = client.secrets().fromMap(Map.of("A", "exec secret", "B", "exec secret"));
    try (Sandbox box =
        client
            .sandboxes()
            .create(
                app,
                tiny,
                options -> options.secret(first).secret(second).environment("C", "box"))) {
      List<String> show = List.of("sh", "-c", "echo $A, $B, $C");
      assertThat(box.exec(show, exec -> {}).readText()).isEqualTo("first, second, box\n");
      assertThat(box.exec(show, exec -> exec.secret(own).environment("B", "exec")).readText())
          .isEqualTo("exec secret, exec, box\n");
      assertThat(box.exec(show, exec -> {}).readText()).isEqualTo("first, second, box\n");
    }
    assertThat(
            catchThrowableOfType(
                InvalidArgumentException.class,
                () -> client.secrets().fromMap(Map.of("A=B", "value"))))
        .hasMessageContaining("A=B")
        .hasMessageNotContaining("value");
  }

  @Test
  void theWorkingDirectoryIsWhereThingsStart() throws IOException {
    try (Sandbox box =
        client
            .sandboxes()
            .create(
                app, tiny, options -> options.workdir("/tmp").command("sh", "-c", "pwd; cat"))) {
      BufferedReader output = box.stdoutReader();
      assertThat(output.readLine()).isEqualTo("/tmp");
      assertThat(box.exec("pwd").readText()).isEqualTo("/tmp\n");
      assertThat(box.exec(List.of("pwd"), exec -> exec.workdir("/srv")).readText())
          .isEqualTo("/srv\n");
      try (BufferedWriter input = box.stdinWriter()) {
        input.write("grüße\n");
      }
      assertThat(output.readLine()).isEqualTo("grüße");
      assertThat(output.readLine()).isNull();
      assertThat(box.stderrReader().readLine()).isNull();
      assertThat(box.waitFor()).isZero();
    }
  }

  /** Both count at the same time, so that whatever else runs on this machine slows both down. */
  @Test
  void aCpuLimitSlowsABusyLoopDown() throws IOException, InterruptedException {
    String count = "i=0; trap 'echo $i; exit' TERM; echo on; while :; do i=$((i+1)); done";
    try (Sandbox slow =
            client.sandboxes().create(app, tiny, options -> options.cpu(0.2).cpuLimit(0.2));
        Sandbox fast =
            client.sandboxes().create(app, tiny, options -> options.cpu(1).cpuLimit(1))) {
      // Others may keep the machine so busy that the fast one is slow, too; but not always.
      boolean slower = false;
      for (int attempt = 0; attempt < 4 && !slower; attempt++) {
        List<SandboxProcess> both =
            List.of(slow.exec("sh", "-c", count), fast.exec("sh", "-c", count));
        List<BufferedReader> outputs = both.stream().map(Process::inputReader).toList();
        for (BufferedReader output : outputs) {
          assertThat(output.readLine()).isEqualTo("on");
        }
        TimeUnit.MILLISECONDS.sleep(1500);
        both.forEach(Process::destroy);
        long slowly = Long.parseLong(outputs.getFirst().readLine());
        long fastly = Long.parseLong(outputs.getLast().readLine());
        slower = slowly < fastly * 6 / 10;
      }
      assertThat(slower).isTrue();
    }
  }

  @Test
  void memoryCanBeUsedUpToItsLimit() throws InterruptedException {
    try (Sandbox box =
        client
            .sandboxes()
            .create(app, tiny, options -> options.memoryMiB(256).memoryLimitMiB(256))) {
      assertThat(fill(box, "100M")).hasValue(0);
      assertThat(fill(box, "400M")).isNotEqualTo(OptionalInt.of(0));
    }
    assertThat(
            catchThrowableOfType(
                InvalidArgumentException.class,
                () ->
                    client
                        .sandboxes()
                        .create(app, tiny, box -> box.memoryMiB(512).memoryLimitMiB(256))))
        .hasMessageContaining("256");
  }

  /** The exit code; empty if the sandbox has ended with the process, as in gVisor. */
  private static OptionalInt fill(Sandbox box, String size) throws InterruptedException {
    try {
      return OptionalInt.of(
          box.exec("dd", "if=/dev/zero", "of=/dev/null", "count=1", "bs=" + size).waitFor());
    } catch (AtollException ended) {
      return OptionalInt.empty();
    }
  }

  @Test
  void anIdleSandboxEndsAndABusyOneDoesNot() {
    try (Sandbox busy =
            client
                .sandboxes()
                .create(app, tiny, options -> options.idleTimeout(Duration.ofSeconds(1)));
        Sandbox idle =
            client
                .sandboxes()
                .create(app, tiny, options -> options.idleTimeout(Duration.ofSeconds(1)))) {
      SandboxProcess working = busy.exec("sleep", "600");
      assertThat(idle.waitFor(Duration.ofSeconds(20))).isPresent();
      assertThat(busy.poll()).isEmpty();
      assertThat(working.isAlive()).isTrue();
    }
  }

  @Test
  void http2IsNegotiatedOnItsPortsOnly()
      throws IOException, InterruptedException, GeneralSecurityException {
    String serve = "httpd -p 7000 -h /srv; exec httpd -f -p 8000 -h /srv";
    try (Sandbox web =
            client
                .sandboxes()
                .create(
                    app,
                    tiny,
                    options ->
                        options.command("sh", "-c", serve).h2Ports(7000).encryptedPorts(8000));
        TunnelClient outside = TunnelClient.trusting(server.trusted())) {
      Map<Integer, Tunnel> tunnels = web.tunnels();
      assertThat(outside.protocol(Objects.requireNonNull(tunnels.get(7000)))).isEqualTo("h2");
      assertThat(outside.protocol(Objects.requireNonNull(tunnels.get(8000)))).isEqualTo("http/1.1");
    }
  }

  @Test
  void aTerminalIsOneStreamWithASizeAndAType() throws IOException, InterruptedException {
    SandboxProcess process =
        sandbox.exec(
            List.of("sh", "-c", "test -t 0 && test -t 1 && stty size; echo $TERM; echo err >&2"),
            exec -> exec.pty(true));
    assertThat(process.readText()).isEqualTo("24 80\r\nxterm-256color\r\nerr\r\n");
    assertThat(process.getErrorStream().readAllBytes()).isEmpty();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void aMainProcessOnATerminalHasOneStream() throws IOException {
    String script = "test -t 0 && stty size; echo $TERM; echo err >&2; read line; echo got $line";
    try (Sandbox box =
        client
            .sandboxes()
            .create(app, tiny, options -> options.pty(true).command("sh", "-c", script))) {
      BufferedReader output = box.stdoutReader();
      assertThat(output.readLine()).isEqualTo("24 80");
      assertThat(output.readLine()).isEqualTo("xterm-256color");
      assertThat(output.readLine()).isEqualTo("err");
      BufferedWriter input = box.stdinWriter();
      input.write("typed\n");
      input.flush();
      assertThat(output.readLine()).as("a terminal echoes").isEqualTo("typed");
      assertThat(output.readLine()).isEqualTo("got typed");
      assertThat(box.waitFor()).isZero();
      assertThat(box.stderr().readAllBytes()).isEmpty();
    }
    try (Sandbox plain =
        client
            .sandboxes()
            .create(app, tiny, options -> options.command("sh", "-c", "test -t 0 || exit 7"))) {
      assertThat(plain.waitFor()).as("without the option").isEqualTo(7);
    }
  }

  @Test
  void theServersLogHasWhatAVerboseCreateTook() throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    for (boolean verbose : new boolean[] {true, false}) {
      try (Sandbox box =
          client.sandboxes().create(app, tiny, options -> options.verbose(verbose))) {
        assertThat(box.exec("true").waitFor()).isZero();
        ids.add(box.id());
        box.terminateAndWait();
      }
    }
    assertThat(said(ids.getFirst(), " ended: "))
        .containsPattern(" runs \\(\\d+ us: placed \\d+, image \\d+, .*, exec \\d+\\)")
        .containsPattern(" ended: TERMINATED .*exit code 137, [0-9.]+ s after its create");
    assertThat(said(ids.getLast(), " ended: ")).containsPattern(" runs \\(\\d+ us\\)");
  }

  @Test
  void theAnswerToACreateOfTheSecondGenerationSaysWhereItsTimeWent() throws IOException {
    SandboxCreateV2Request request =
        SandboxCreateV2Request.newBuilder()
            .setAppId(app.id())
            .setDefinition(
                dev.atoll.protocol.modal.Sandbox.newBuilder()
                    .setImageId(tiny.build(app).id().orElseThrow()))
            .build();
    AtomicReference<Metadata> headers = new AtomicReference<>();
    String id;
    try (Wire wire = Wire.to(server)) {
      id =
          wire.control()
              .withInterceptors(
                  MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
              .sandboxCreateV2(request)
              .getSandboxId();
    }
    client.sandboxes().fromId(id).terminate();
    assertThat(
            headers.get().get(Metadata.Key.of("x-atoll-start", Metadata.ASCII_STRING_MARSHALLER)))
        .containsPattern("\"placedMicros\":[1-9]\\d*")
        .containsPattern("\"readyMicros\":[1-9]\\d*");
  }

  /** The lines of the server's log about a sandbox, as soon as one of them has a word. */
  private String said(String sandboxId, String word) throws IOException, InterruptedException {
    String lines = "";
    for (int i = 0; i < 100 && !lines.contains(word); i++) {
      TimeUnit.MILLISECONDS.sleep(50);
      lines = server.log().lines().filter(line -> line.contains(sandboxId)).collect(joining("\n"));
    }
    return lines;
  }

  @Test
  void aProcessIsOneOfTheJdk() throws Exception {
    Process process =
        sandbox.exec("sh", "-c", "read line; echo \"$line\"; echo \"$line\" >&2; exit 4");
    assertThat(process.isAlive()).isTrue();
    assertThat(process.waitFor(Duration.ofMillis(20))).isFalse();
    assertThat(catchThrowableOfType(IllegalThreadStateException.class, process::exitValue))
        .isNotNull();
    CompletableFuture<Process> exit = process.onExit();
    assertThat(exit).isNotDone();
    assertThat(process.supportsNormalTermination()).isTrue();
    for (ThrowingCallable ofThisMachine :
        List.<ThrowingCallable>of(
            process::toHandle,
            process::pid,
            process::info,
            process::children,
            process::descendants)) {
      assertThat(catchThrowableOfType(UnsupportedOperationException.class, ofThisMachine))
          .hasMessageContaining("no handle");
    }
    try (BufferedWriter input = process.outputWriter(StandardCharsets.UTF_8)) {
      input.write("grüße\n");
    }
    assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("grüße");
    assertThat(process.errorReader(StandardCharsets.UTF_8).readLine()).isEqualTo("grüße");
    assertThat(exit.get(20, TimeUnit.SECONDS)).isSameAs(process);
    assertThat(process.waitFor(Duration.ofSeconds(20))).isTrue();
    assertThat(process.exitValue()).isEqualTo(4);
    assertThat(process.isAlive()).isFalse();
    process.destroy();
    assertThat(process.destroyForcibly()).isSameAs(process);
    assertThat(process.exitValue()).isEqualTo(4);
  }

  @Test
  void aDiscardedStreamIsEmpty() throws IOException, InterruptedException {
    List<String> both = List.of("sh", "-c", "echo out; echo err >&2");
    SandboxProcess silent = sandbox.exec(both, exec -> exec.discardStdout(true));
    assertThat(silent.readText()).isEmpty();
    assertThat(silent.errorReader().readLine()).isEqualTo("err");
    assertThat(silent.waitFor()).isZero();
    SandboxProcess faultless = sandbox.exec(both, exec -> exec.discardStderr(true));
    assertThat(faultless.readText()).isEqualTo("out\n");
    assertThat(faultless.getErrorStream().readAllBytes()).isEmpty();
    assertThat(
            catchThrowableOfType(
                InvalidArgumentException.class,
                () -> sandbox.exec(both, exec -> exec.discardStderr(true).mergeStderr(true))))
        .hasMessageContaining("choose one");
  }

  @Test
  void aDetachedHandleIsClosedAndTheSandboxGoesOn() throws InterruptedException {
    Sandbox box = client.sandboxes().create(app, tiny);
    assertThat(box.exec("true").waitFor()).isZero();
    box.detach();
    assertThat(catchThrowableOfType(ClientClosedException.class, () -> box.exec("true")))
        .hasMessageContaining(box.id());
    box.close();
    Sandbox again = client.sandboxes().fromId(box.id());
    assertThat(again.poll()).isEmpty();
    assertThat(again.exec("true").waitFor()).isZero();
    again.terminate();
  }

  @Test
  void aLayersVariablesAreInItsBuildAlone() {
    Secret token = client.secrets().fromMap(Map.of("TOKEN", "hush", "PLAIN", "covered"));
    Image image =
        tiny.dockerfileCommands(
            List.of("RUN test \"$TOKEN\" = hush && test \"$PLAIN\" = seen && touch /srv/was-run"),
            layer -> layer.secret(token).environment("PLAIN", "seen"));
    try (Sandbox box = client.sandboxes().create(app, image)) {
      assertThat(
              box.exec("sh", "-c", "ls /srv; echo [$TOKEN$PLAIN]; env | grep -c hush").readText())
          .isEqualTo("was-run\n[]\n0\n");
    }
  }

  @Test
  void forceBuildRunsTheStepsAgain() {
    List<String> commands = List.of("RUN echo built-by-java > /srv/content");
    Image first = tiny.dockerfileCommands(commands, layer -> {}).build(app);
    assertThat(tiny.dockerfileCommands(commands, layer -> {}).build(app).id())
        .isEqualTo(first.id());
    Image forced = tiny.dockerfileCommands(commands, layer -> layer.forceBuild(true)).build(app);
    assertThat(forced.id()).isNotEqualTo(first.id());
    assertThat(tiny.dockerfileCommands(commands, layer -> {}).build(app).id())
        .isEqualTo(forced.id());
  }
}
