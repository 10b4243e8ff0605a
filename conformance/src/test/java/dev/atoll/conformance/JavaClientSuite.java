package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.protocol.admin.ImageName;
import dev.atoll.protocol.exec.SignalExecRequest;
import dev.atoll.protocol.modal.SandboxGetTaskIdRequest;
import dev.atoll.sdk.AlreadyExistsException;
import dev.atoll.sdk.App;
import dev.atoll.sdk.BuildFailedException;
import dev.atoll.sdk.FailedPreconditionException;
import dev.atoll.sdk.FileMode;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.InvalidArgumentException;
import dev.atoll.sdk.NotFoundException;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxFile;
import dev.atoll.sdk.SandboxFilesystemException;
import dev.atoll.sdk.SandboxOptions;
import dev.atoll.sdk.SandboxProcess;
import dev.atoll.sdk.Secret;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java SDK against one server of one tier. */
abstract class JavaClientSuite extends GuideTests {
  JavaClientSuite(String tier) {
    super(tier);
  }

  @Test
  void bothStreamsAreExactAndApart() throws IOException, InterruptedException {
    SandboxProcess process =
        sandbox.exec("sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; echo err >&2; exit 7");
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(output).hasSize(3_000_000).containsOnly('x');
    assertThat(process.getErrorStream().readAllBytes())
        .isEqualTo("err\n".getBytes(StandardCharsets.UTF_8));
    assertThat(process.waitFor()).isEqualTo(7);
    assertThat(process.exitValue()).isEqualTo(7);
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void whatIsWrittenToStdinComesBack() throws IOException, InterruptedException {
    byte[] bytes = new byte[2 << 20];
    new Random(3).nextBytes(bytes);
    SandboxProcess process = sandbox.exec("cat");
    CompletableFuture<byte[]> output =
        CompletableFuture.supplyAsync(() -> readAll(process), Thread::startVirtualThread);
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(bytes);
    }
    assertThat(output.join()).isEqualTo(bytes);
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void aProcessThatReadsAnswersAtOnce() throws IOException, InterruptedException {
    SandboxProcess process = sandbox.exec("sh", "-c", "while read line; do echo got $line; done");
    OutputStream stdin = process.getOutputStream();
    for (String word : List.of("one", "two")) {
      stdin.write((word + "\n").getBytes(StandardCharsets.UTF_8));
      stdin.flush();
      assertThat(process.inputReader().readLine()).isEqualTo("got " + word);
    }
    assertThat(process.isAlive()).isTrue();
    stdin.close();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void execOptionsReachTheProcess() throws IOException, InterruptedException {
    Secret secret = client.secrets().fromMap(Map.of("KEY", "from the secret"));
    SandboxProcess process =
        sandbox.exec(
            List.of("sh", "-c", "pwd; echo $ONE; echo $KEY; echo error >&2"),
            exec -> exec.workdir("/srv").environment("ONE", "1").secret(secret).mergeStderr(true));
    assertThat(process.readText()).isEqualTo("/srv\n1\nfrom the secret\nerror\n");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void networkChoicesHold() throws IOException, InterruptedException {
    assertThat(namesAreAnswered(options -> {})).isTrue();
    assertThat(namesAreAnswered(options -> options.cidrAllowlist("203.0.113.0/24"))).isTrue();
    assertThat(namesAreAnswered(SandboxOptions.Builder::cidrAllowlist)).isFalse();
    assertThat(namesAreAnswered(options -> options.blockNetwork(true))).isFalse();
    InvalidArgumentException refusal =
        catchThrowableOfType(
            InvalidArgumentException.class,
            () -> namesAreAnswered(options -> options.cidrAllowlist("not-a-cidr")));
    assertThat(refusal).hasMessageContaining("Invalid CIDR: not-a-cidr");
  }

  @Test
  void theNetworkOfARunningSandboxIsReplaced() throws InterruptedException {
    try (Sandbox box = client.sandboxes().create(app, tiny)) {
      box.setCidrAllowlist(List.of());
      assertThat(namesAreAnswered(box)).isFalse();
      box.setCidrAllowlist(List.of("0.0.0.0/0"));
      assertThat(namesAreAnswered(box)).isTrue();
      assertThat(
              catchThrowableOfType(
                  InvalidArgumentException.class, () -> box.setCidrAllowlist(List.of("nothing"))))
          .hasMessageContaining("nothing");
    }
  }

  /** Whether a sandbox that was created so can connect to the forwarder of names. */
  private boolean namesAreAnswered(Consumer<SandboxOptions.Builder> options)
      throws IOException, InterruptedException {
    try (Sandbox other = client.sandboxes().create(app, tiny, options)) {
      return namesAreAnswered(other);
    }
  }

  private static boolean namesAreAnswered(Sandbox box) throws InterruptedException {
    String connect = "nc -w 2 $(sed -n 's/nameserver //p' /etc/resolv.conf) 53 </dev/null";
    return box.exec("sh", "-c", connect).waitFor() == 0;
  }

  @Test
  void aTimeoutKillsTheProcess() throws InterruptedException {
    long start = System.nanoTime();
    SandboxProcess process =
        sandbox.exec(List.of("sleep", "60"), exec -> exec.timeout(Duration.ofSeconds(1)));
    assertThat(process.waitFor(100, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(process.waitFor()).isEqualTo(128 + 9);
    // The server ends it a little early, so that clients with a deadline of the same time learn
    // why.
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(900), Duration.ofSeconds(20));
  }

  @Test
  void signalsReachTheProcess() throws IOException, InterruptedException {
    SandboxProcess polite =
        sandbox.exec(
            "sh", "-c", "trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 1; done");
    assertThat(polite.inputReader().readLine()).isEqualTo("ready");
    polite.destroy();
    assertThat(polite.waitFor()).isEqualTo(5);
    assertThat(polite.inputReader().readLine()).isEqualTo("bye");

    SandboxProcess stubborn =
        sandbox.exec("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done");
    assertThat(stubborn.inputReader().readLine()).isEqualTo("ready");
    stubborn.destroy();
    stubborn.destroyForcibly();
    assertThat(stubborn.waitFor()).isEqualTo(128 + 9);
  }

  /** The child holds the output open: that ends only when the child has ended, too. */
  @Test
  void aSignalReachesTheWholeGroup() throws IOException, InterruptedException {
    SandboxProcess parent = sandbox.exec("sh", "-c", "sleep 1000 & echo ready; wait");
    assertThat(parent.inputReader().readLine()).isEqualTo("ready");
    parent.destroy();
    assertThat(parent.inputReader().readLine()).isNull();
    assertThat(parent.waitFor()).isEqualTo(128 + 15);
    parent.destroy();
    assertThat(parent.exitValue()).isEqualTo(128 + 15);
  }

  @Test
  void wrongSignalsAreRefused() throws IOException {
    try (Wire wire = Wire.to(server)) {
      String token = wire.access(sandbox.id()).getJwt();
      String taskId =
          wire.control()
              .sandboxGetTaskId(
                  SandboxGetTaskIdRequest.newBuilder().setSandboxId(sandbox.id()).build())
              .getTaskId();
      var signal = SignalExecRequest.newBuilder().setTaskId(taskId).setExecId("x").setSignal(15);
      assertThat(refusal(wire, token, signal.clone())).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(refusal(wire, token, signal.clone().setSignal(65)))
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(refusal(wire, token, signal.clone().setSignal(0)))
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(refusal(wire, token, signal.clone().setTaskId("ta-other")))
          .isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(refusal(wire, "nonsense", signal.clone())).isEqualTo(Status.Code.UNAUTHENTICATED);
    }
  }

  private static Status.Code refusal(Wire wire, String token, SignalExecRequest.Builder signal) {
    return catchThrowableOfType(
            StatusRuntimeException.class, () -> wire.execControl(token).signalExec(signal.build()))
        .getStatus()
        .getCode();
  }

  @Test
  void aFileIsWrittenAppendedToAndRead() {
    try (SandboxFile file = sandbox.open("/root/greeting", FileMode.WRITE)) {
      file.write("hello\n");
    }
    try (SandboxFile file = sandbox.open("/root/greeting", FileMode.APPEND)) {
      file.write("wörld\n");
    }
    assertThat(sandbox.exec("cat", "/root/greeting").readText()).isEqualTo("hello\nwörld\n");
    try (SandboxFile file = sandbox.open("/root/greeting")) {
      assertThat(file.read(5)).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
      assertThat(file.readText()).isEqualTo("\nwörld\n");
      assertThat(file.read()).isEmpty();
    }
  }

  @Test
  void whatWasFlushedIsVisible() {
    try (SandboxFile file = sandbox.open("/root/flushed", FileMode.WRITE)) {
      file.write(new byte[9 << 20]);
      file.flush();
      assertThat(sandbox.exec("wc", "-c", "/root/flushed").readText())
          .isEqualTo((9 << 20) + " /root/flushed\n");
    }
  }

  @Test
  void aFileThatCantBeOpenedSaysWhy() {
    assertThat(
            catchThrowableOfType(
                SandboxFilesystemException.class, () -> sandbox.open("/root/none", FileMode.READ)))
        .hasMessageContaining("/root/none");
    assertThat(
            catchThrowableOfType(
                SandboxFilesystemException.class, () -> sandbox.open("/etc", FileMode.WRITE)))
        .hasMessageContaining("/etc");
  }

  @Test
  void theMainProcessHasStreamsAndAnExitCode() throws IOException {
    String script = "read line; echo got $line; echo err >&2; exit 3";
    try (Sandbox main =
        client.sandboxes().create(app, tiny, box -> box.command("sh", "-c", script))) {
      assertThat(main.poll()).isEmpty();
      main.stdin().write("a line\n".getBytes(StandardCharsets.UTF_8));
      main.stdin().flush();
      assertThat(main.waitFor()).isEqualTo(3);
      assertThat(new String(main.stdout().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("got a line\n");
      assertThat(new String(main.stderr().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("err\n");
      assertThat(main.poll()).hasValue(3);
    }
  }

  @Test
  void aTerminatedSandboxIsEndedForEveryHandle() {
    Sandbox terminated = client.sandboxes().create(app, tiny);
    Sandbox other = client.sandboxes().fromId(terminated.id());
    assertThat(other.waitFor(Duration.ofMillis(10))).isEmpty();
    assertThat(terminated.terminateAndWait()).isEqualTo(137);
    assertThat(other.waitFor()).isEqualTo(137);
    assertThat(other.poll()).hasValue(137);
    terminated.terminate();
    assertThat(catchThrowableOfType(FailedPreconditionException.class, () -> other.exec("true")))
        .hasMessageContaining(terminated.id());
  }

  @Test
  void aSandboxWhoseTimeIsOverHasEndedWith124() {
    try (Sandbox brief =
        client.sandboxes().create(app, tiny, box -> box.timeout(Duration.ofSeconds(1)))) {
      assertThat(brief.waitFor(Duration.ofSeconds(20))).hasValue(124);
    }
  }

  @Test
  void anImageWhoseResolverFileIsALinkToNowhereHasNames(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path root = TinyRoot.folder(folder.resolve("root"));
    Path file = root.resolve("etc/resolv.conf");
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("../run/systemd/resolve/stub-resolv.conf"));
    try (Wire wire = Wire.to(server)) {
      wire.importImage(root, "linked:1");
    }
    try (Sandbox box = client.sandboxes().create(app, client.images().fromRegistry("linked:1"))) {
      assertThat(box.exec("cat", "/etc/resolv.conf").readText()).contains("nameserver");
      assertThat(box.exec("readlink", "/etc/resolv.conf").readText()).contains("stub-resolv.conf");
    }
  }

  @Test
  void aFailedBuildShowsItsLogsEnd() {
    Image broken = tiny.dockerfileCommands("RUN echo about to fail; echo why >&2; exit 9");
    StringBuilder log = new StringBuilder();
    BuildFailedException failure =
        catchThrowableOfType(BuildFailedException.class, () -> broken.build(app, log::append));
    assertThat(failure.logEnd()).contains("about to fail", "why");
    assertThat(log.toString()).contains("about to fail", "why");
    assertThat(failure).hasMessageContaining("9").hasMessageContaining("exit 9");
    assertThat(failure.imageId()).startsWith("im-");
  }

  @Test
  void aBuiltImageRunsWithWhatItsCommandsMade() throws InterruptedException {
    Image built =
        tiny.dockerfileCommands(
            "ENV COLOUR=blue", "RUN echo $COLOUR > /srv/colour", "WORKDIR /srv");
    try (Sandbox box = client.sandboxes().create(app, built)) {
      assertThat(box.exec("sh", "-c", "pwd; cat colour; echo $COLOUR").readText())
          .isEqualTo("/srv\nblue\nblue\n");
    }
  }

  @Test
  void aSandboxIsFoundByItsNameWhileItRuns() {
    try (Sandbox named = client.sandboxes().create(app, tiny, box -> box.name("findable"))) {
      try (Sandbox found = client.sandboxes().fromName("java-client", "findable")) {
        assertThat(found.id()).isEqualTo(named.id());
      }
      assertThat(named.poll()).as("a found handle leaves the sandbox alone").isEmpty();
      named.terminateAndWait();
    }
    assertThat(
            catchThrowableOfType(
                NotFoundException.class,
                () -> client.sandboxes().fromName("java-client", "findable")))
        .hasMessageContaining("findable");
  }

  @Test
  void sandboxesAreListedByAppAndByTags() {
    App other = client.apps().fromName("java-listing", options -> options.createIfMissing(true));
    List<Sandbox> boxes = new ArrayList<>();
    try {
      for (String color : List.of("red", "green", "red")) {
        boxes.add(client.sandboxes().create(other, tiny, box -> box.tag("color", color)));
      }
      List<String> newestFirst = boxes.reversed().stream().map(Sandbox::id).toList();
      assertThat(client.sandboxes().list(only -> only.app(other)).map(Sandbox::id))
          .isEqualTo(newestFirst);
      assertThat(client.sandboxes().list(only -> only.tag("color", "red")).map(Sandbox::id))
          .containsExactly(newestFirst.get(0), newestFirst.get(2));
      assertThat(client.sandboxes().list().map(Sandbox::id))
          .containsAll(newestFirst)
          .contains(sandbox.id());
      boxes.get(0).terminateAndWait();
      assertThat(client.sandboxes().list(only -> only.app(other)).map(Sandbox::id))
          .isEqualTo(newestFirst.subList(0, 2));
    } finally {
      boxes.forEach(Sandbox::close);
    }
  }

  @Test
  void tagsAreReplacedAsAWhole() {
    try (Sandbox tagged =
        client.sandboxes().create(app, tiny, box -> box.tag("a", "1").tag("b", "2"))) {
      assertThat(tagged.tags()).isEqualTo(Map.of("a", "1", "b", "2"));
      tagged.setTags(Map.of("c", "3"));
      assertThat(tagged.tags()).isEqualTo(Map.of("c", "3"));
      assertThat(
              catchThrowableOfType(
                  InvalidArgumentException.class, () -> tagged.setTags(Map.of("", "4"))))
          .hasMessageContaining("tag");
      assertThat(tagged.tags()).isEqualTo(Map.of("c", "3"));
    }
    assertThat(
            catchThrowableOfType(
                InvalidArgumentException.class,
                () -> client.sandboxes().create(app, tiny, box -> box.tag("no space", "1"))))
        .hasMessageContaining("no space");
  }

  @Test
  void aDeletedImageIsNotFoundAndOneInUseStays() throws IOException {
    Image built = tiny.dockerfileCommands("RUN echo to-delete > /to-delete").build(app);
    String id = built.id().orElseThrow();
    client.images().delete(id);
    assertThat(catchThrowableOfType(NotFoundException.class, () -> client.images().fromId(id)))
        .hasMessageContaining(id);
    assertThat(catchThrowableOfType(NotFoundException.class, () -> client.images().delete(id)))
        .hasMessageContaining(id);
    String used = tiny.build(app).id().orElseThrow();
    assertThat(
            catchThrowableOfType(
                FailedPreconditionException.class, () -> client.images().delete(used)))
        .hasMessageContaining("running sandbox");
    try (Wire wire = Wire.to(server)) {
      ImageName tag = ImageName.newBuilder().setName("tiny:1").build();
      String tagged = wire.admin().inspectImage(tag).getImageId();
      assertThat(
              catchThrowableOfType(
                  FailedPreconditionException.class, () -> client.images().delete(tagged)))
          .hasMessageContaining("has the tags tiny:1");
    }
  }

  @Test
  void whatDoesNotExistIsNotFound() {
    String sandboxId = "sb-0000000000000000000000";
    assertThat(
            catchThrowableOfType(
                NotFoundException.class, () -> client.sandboxes().fromId(sandboxId)))
        .hasMessageContaining(sandboxId);
    String imageId = "im-0000000000000000000000";
    assertThat(catchThrowableOfType(NotFoundException.class, () -> client.images().fromId(imageId)))
        .hasMessageContaining(imageId);
    assertThat(
            catchThrowableOfType(NotFoundException.class, () -> client.apps().fromName("no-app")))
        .hasMessageContaining("no-app");
    assertThat(
            catchThrowableOfType(
                NotFoundException.class, () -> client.secrets().fromName("no-secret")))
        .hasMessageContaining("no-secret");
  }

  @Test
  void whatBreaksARuleIsAnInvalidArgument() {
    assertThat(
            catchThrowableOfType(
                InvalidArgumentException.class,
                () -> client.sandboxes().create(app, tiny, box -> box.workdir("relative"))))
        .hasMessageContaining("relative");
    assertThat(
            catchThrowableOfType(
                InvalidArgumentException.class, () -> sandbox.exec("no-such-program")))
        .hasMessageContaining("no-such-program");
    assertThat(
            catchThrowableOfType(
                InvalidArgumentException.class,
                () -> sandbox.exec(List.of("true"), exec -> exec.workdir("/no/such/folder"))))
        .hasMessageContaining("/no/such/folder");
  }

  @Test
  void aNameInUseAlreadyExists() {
    try (Sandbox named = client.sandboxes().create(app, tiny, box -> box.name("the-one"))) {
      assertThat(
              catchThrowableOfType(
                  AlreadyExistsException.class,
                  () -> client.sandboxes().create(app, tiny, box -> box.name("the-one"))))
          .hasMessageContaining("the-one");
      assertThat(named.terminateAndWait()).isEqualTo(137);
    }
    try (Sandbox again = client.sandboxes().create(app, tiny, box -> box.name("the-one"))) {
      assertThat(again.poll()).isEmpty();
    }
  }

  private static byte[] readAll(SandboxProcess process) {
    try {
      return process.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
