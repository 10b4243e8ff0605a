package dev.atoll.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.atoll.protocol.modal.ContainerFilesystemExecRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecResponse;
import dev.atoll.protocol.modal.FilesystemRuntimeOutputBatch;
import dev.atoll.protocol.modal.GenericResult;
import dev.atoll.protocol.modal.GenericResult.GenericStatus;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.NetworkAccess;
import dev.atoll.protocol.modal.NetworkAccess.NetworkAccessType;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import dev.atoll.protocol.modal.SandboxGetLogsRequest;
import dev.atoll.protocol.modal.SandboxGetTaskIdResponse;
import dev.atoll.protocol.modal.SandboxGetTunnelsRequest;
import dev.atoll.protocol.modal.SandboxGetTunnelsResponse;
import dev.atoll.protocol.modal.SandboxInfo;
import dev.atoll.protocol.modal.SandboxListRequest;
import dev.atoll.protocol.modal.SandboxListResponse;
import dev.atoll.protocol.modal.SandboxStdinWriteRequest;
import dev.atoll.protocol.modal.SandboxStdinWriteResponse;
import dev.atoll.protocol.modal.SandboxTerminateResponse;
import dev.atoll.protocol.modal.SandboxWaitResponse;
import dev.atoll.protocol.modal.SystemErrorCode;
import dev.atoll.protocol.modal.SystemErrorMessage;
import dev.atoll.protocol.modal.TaskLogs;
import dev.atoll.protocol.modal.TaskLogsBatch;
import dev.atoll.protocol.modal.TunnelData;
import io.grpc.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Life, streams and files of a sandbox. */
class SandboxTest {
  private final FakeServer server = new FakeServer().withSandbox();
  private final Atoll client = server.client();
  private final Sandbox sandbox = server.sandbox(client);

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void optionsReachTheServer() {
    client
        .sandboxes()
        .create(
            new App("ap-9", "test"),
            client.images().fromId("im-9"),
            options ->
                options
                    .command("python", "server.py")
                    .workdir("/srv")
                    .environment("MODE", "test")
                    .secret(new Secret("st-1"))
                    .cpu(0.5)
                    .cpuLimit(2)
                    .memoryMiB(256)
                    .memoryLimitMiB(512)
                    .timeout(Duration.ofMinutes(10))
                    .idleTimeout(Duration.ofSeconds(30))
                    .name("worker-1")
                    .cloud("aws")
                    .regions("us-east-1", "us-west-2")
                    .verbose(true)
                    .tag("team", "blue"));

    SandboxCreateRequest request =
        (SandboxCreateRequest)
            server.calls(ModalClientGrpc.getSandboxCreateMethod()).getLast().request();
    var definition = request.getDefinition();
    assertThat(request.getAppId()).isEqualTo("ap-9");
    assertThat(request.getTags(0).getTagName()).isEqualTo("team");
    assertThat(definition.getImageId()).isEqualTo("im-9");
    assertThat(definition.getEntrypointArgsList()).containsExactly("python", "server.py");
    assertThat(definition.getWorkdir()).isEqualTo("/srv");
    assertThat(definition.getEnvironmentVariables().getContentsMap()).containsEntry("MODE", "test");
    assertThat(definition.getSecretIdsList()).containsExactly("st-1");
    assertThat(definition.getResources().getMilliCpu()).isEqualTo(500);
    assertThat(definition.getResources().getMilliCpuMax()).isEqualTo(2000);
    assertThat(definition.getResources().getMemoryMb()).isEqualTo(256);
    assertThat(definition.getResources().getMemoryMbMax()).isEqualTo(512);
    assertThat(definition.getTimeoutSecs()).isEqualTo(600);
    assertThat(definition.getIdleTimeoutSecs()).isEqualTo(30);
    assertThat(definition.getName()).isEqualTo("worker-1");
    assertThat(definition.getCloudProviderStr()).isEqualTo("aws");
    assertThat(definition.getSchedulerPlacement().getRegionsList())
        .containsExactly("us-east-1", "us-west-2");
    assertThat(definition.getVerbose()).isTrue();
  }

  /** A server holds no call for longer than a minute. */
  @Test
  void tunnelsAreAskedForAgainUntilTheTimeIsOver() {
    AtomicInteger calls = new AtomicInteger();
    server.unary(
        ModalClientGrpc.getSandboxGetTunnelsMethod(),
        query ->
            calls.incrementAndGet() == 2
                ? SandboxGetTunnelsResponse.newBuilder()
                    .addTunnels(TunnelData.newBuilder().setContainerPort(80).setHost("localhost"))
                    .build()
                : SandboxGetTunnelsResponse.newBuilder()
                    .setResult(
                        GenericResult.newBuilder().setStatus(GenericStatus.GENERIC_STATUS_TIMEOUT))
                    .build());

    assertThat(sandbox.tunnels(Duration.ofMinutes(2))).containsOnlyKeys(80);
    assertThat(server.calls(ModalClientGrpc.getSandboxGetTunnelsMethod()))
        .extracting(call -> ((SandboxGetTunnelsRequest) call.request()).getTimeout())
        .containsExactly(50f, 50f);
    assertThatThrownBy(() -> sandbox.tunnels(Duration.ZERO))
        .isInstanceOf(CallTimeoutException.class)
        .hasMessageContaining("0 ms");
    assertThat(calls).hasValue(3);
  }

  /** Of a real server a page has 100. */
  @Test
  void aListingGoesOnWithWhatIsOlderThanItsLastPage() {
    Map<Double, List<SandboxInfo>> pages =
        Map.of(0.0, List.of(info("sb-4", 40), info("sb-3", 30)), 30.0, List.of(info("sb-2", 20)));
    server.unary(
        ModalClientGrpc.getSandboxListMethod(),
        query ->
            SandboxListResponse.newBuilder()
                .addAllSandboxes(pages.getOrDefault(query.getBeforeTimestamp(), List.of()))
                .build());

    assertThat(client.sandboxes().list(only -> only.environment("staging").tag("a", "b")))
        .extracting(Sandbox::id)
        .containsExactly("sb-4", "sb-3", "sb-2");
    assertThat(server.calls(ModalClientGrpc.getSandboxListMethod()))
        .extracting(call -> (SandboxListRequest) call.request())
        .allSatisfy(
            query -> {
              assertThat(query.getEnvironmentName()).isEqualTo("staging");
              assertThat(query.getTags(0).getTagName()).isEqualTo("a");
            })
        .extracting(SandboxListRequest::getBeforeTimestamp)
        .containsExactly(0.0, 30.0, 20.0);
    assertThat(client.sandboxes().list().limit(1)).hasSize(1);
    assertThat(server.calls(ModalClientGrpc.getSandboxListMethod()))
        .as("a page is asked for when it is needed")
        .hasSize(4);
  }

  private static SandboxInfo info(String id, double createdAt) {
    return SandboxInfo.newBuilder().setId(id).setCreatedAt(createdAt).build();
  }

  @Test
  void theNetworkChoicesReachTheServer() {
    assertThat(access(options -> {})).isEqualTo(access(NetworkAccessType.OPEN));
    assertThat(access(options -> options.blockNetwork(true)))
        .isEqualTo(access(NetworkAccessType.BLOCKED));
    assertThat(access(options -> options.cidrAllowlist("203.0.113.0/24", "198.51.100.7/32")))
        .isEqualTo(access(NetworkAccessType.ALLOWLIST, "203.0.113.0/24", "198.51.100.7/32"));
    assertThat(access(SandboxOptions.Builder::cidrAllowlist))
        .as("an empty list")
        .isEqualTo(access(NetworkAccessType.ALLOWLIST));
    SandboxOptions.Builder both =
        SandboxOptions.builder().blockNetwork(true).cidrAllowlist("203.0.113.0/24");
    assertThatThrownBy(both::build)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("blockNetwork");
  }

  private NetworkAccess access(Consumer<SandboxOptions.Builder> choice) {
    client.sandboxes().create(new App("ap-9", "test"), client.images().fromId("im-9"), choice);
    return ((SandboxCreateRequest)
            server.calls(ModalClientGrpc.getSandboxCreateMethod()).getLast().request())
        .getDefinition()
        .getNetworkAccess();
  }

  private static NetworkAccess access(NetworkAccessType type, String... ranges) {
    return NetworkAccess.newBuilder()
        .setNetworkAccessType(type)
        .addAllAllowedCidrs(List.of(ranges))
        .build();
  }

  @Test
  void valuesThatTheWireCantCarryAreRefusedByName() {
    SandboxOptions.Builder options = SandboxOptions.builder();
    assertThatThrownBy(() -> options.timeout(Duration.ofMillis(1500)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("timeout must be a whole number of seconds, at least 1, not PT1.5S");
    assertThatThrownBy(() -> options.cpu(-1)).hasMessageContaining("cpu must be between");
    assertThatThrownBy(() -> options.cpuLimit(Double.NaN)).hasMessageContaining("cpuLimit must be");
    assertThatThrownBy(() -> options.memoryMiB(0))
        .hasMessage("memoryMiB must be at least 1, not 0");
  }

  @ParameterizedTest
  @CsvSource({
    "GENERIC_STATUS_SUCCESS, 0, 0",
    "GENERIC_STATUS_FAILURE, 7, 7",
    "GENERIC_STATUS_TIMEOUT, 0, 124",
    "GENERIC_STATUS_TERMINATED, 0, 137",
    "GENERIC_STATUS_IDLE_TIMEOUT, 143, 143",
  })
  void theEndOfASandboxIsAnExitCode(GenericStatus status, int reported, int expected) {
    AtomicInteger asked = new AtomicInteger();
    server.unary(
        ModalClientGrpc.getSandboxWaitMethod(),
        q ->
            asked.getAndIncrement() < 2
                ? SandboxWaitResponse.getDefaultInstance()
                : ended(GenericResult.newBuilder().setStatus(status).setExitcode(reported)));

    assertThat(sandbox.poll()).isEmpty();
    assertThat(sandbox.waitFor()).isEqualTo(expected);
    assertThat(sandbox.waitFor(Duration.ofSeconds(1))).isEqualTo(OptionalInt.of(expected));
  }

  @Test
  void aSandboxThatCouldNotStartSaysWhy() {
    server.unary(
        ModalClientGrpc.getSandboxWaitMethod(),
        q ->
            ended(
                GenericResult.newBuilder()
                    .setStatus(GenericStatus.GENERIC_STATUS_INIT_FAILURE)
                    .setException("no such workdir: /nowhere")));
    server.unary(
        ModalClientGrpc.getSandboxGetTaskIdMethod(),
        q ->
            SandboxGetTaskIdResponse.newBuilder()
                .setTaskResult(GenericResult.newBuilder().setException("no such workdir: /nowhere"))
                .build());

    assertThatThrownBy(sandbox::waitFor)
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("no such workdir: /nowhere");
    assertThatThrownBy(() -> sandbox.exec("true"))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("no such workdir: /nowhere");
  }

  @Test
  void closingTerminatesWhatWasCreatedHereAndOnlyThat() {
    server.unary(
        ModalClientGrpc.getSandboxTerminateMethod(),
        q -> SandboxTerminateResponse.getDefaultInstance());
    server.unary(
        ModalClientGrpc.getSandboxWaitMethod(), q -> SandboxWaitResponse.getDefaultInstance());

    client.sandboxes().fromId("sb-2").close();
    assertThat(server.calls(ModalClientGrpc.getSandboxTerminateMethod())).isEmpty();
    Sandbox detached = server.sandbox(client);
    detached.detach();
    detached.close();
    assertThat(server.calls(ModalClientGrpc.getSandboxTerminateMethod())).isEmpty();
    sandbox.close();
    sandbox.close();
    assertThat(server.calls(ModalClientGrpc.getSandboxTerminateMethod())).hasSize(1);
  }

  @Test
  void mainOutputGoesOnAfterTheLastEntryAcrossEndedAndBrokenCalls() throws IOException {
    List<String> entries = List.of("one ", "two ", "thrée ", "four");
    server.stream(
        ModalClientGrpc.getSandboxGetLogsMethod(),
        (request, out) -> {
          int next = Integer.parseInt(request.getLastEntryId().split("-")[0]);
          out.onNext(
              TaskLogsBatch.newBuilder()
                  .setEntryId((next + 1) + "-0")
                  .addItems(TaskLogs.newBuilder().setData(entries.get(next)))
                  .setEof(next == 3)
                  .build());
          if (next == 1) {
            throw FakeServer.failure(Status.Code.UNAVAILABLE, "cut");
          }
        });

    assertThat(new String(sandbox.stdout().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("one two thrée four");
    assertThat(
            server.calls(ModalClientGrpc.getSandboxGetLogsMethod()).stream()
                .map(c -> ((SandboxGetLogsRequest) c.request()).getLastEntryId()))
        .containsExactly("0-0", "1-0", "2-0", "3-0");
  }

  @Test
  void mainInputIsNumberedFromOne() throws IOException {
    server.unary(
        ModalClientGrpc.getSandboxStdinWriteMethod(),
        q -> SandboxStdinWriteResponse.getDefaultInstance());
    sandbox.stdin().write("hello\n".getBytes(StandardCharsets.UTF_8));
    sandbox.stdin().flush();
    sandbox.stdin().close();

    List<SandboxStdinWriteRequest> writes =
        server.calls(ModalClientGrpc.getSandboxStdinWriteMethod()).stream()
            .map(c -> (SandboxStdinWriteRequest) c.request())
            .toList();
    assertThat(writes.stream().map(SandboxStdinWriteRequest::getIndex)).containsExactly(1, 2);
    assertThat(writes.get(0).getInput().toStringUtf8()).isEqualTo("hello\n");
    assertThat(writes.get(1).getEof()).isTrue();
  }

  /** What the server missed is sent under its number by the next flush or close. */
  @Test
  void mainInputCanBeSentAndClosedAgain() throws IOException {
    AtomicInteger missed = new AtomicInteger();
    server.unary(
        ModalClientGrpc.getSandboxStdinWriteMethod(),
        q -> {
          if (missed.getAndIncrement() % 8 < 4) {
            throw FakeServer.failure(Status.Code.UNAVAILABLE, "starting");
          }
          return SandboxStdinWriteResponse.getDefaultInstance();
        });
    OutputStream stdin = sandbox.stdin();
    stdin.write("hello\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(stdin::flush).hasMessageContaining("can't be reached");
    stdin.write("world\n".getBytes(StandardCharsets.UTF_8));
    stdin.flush();
    byte[] large = new byte[100_000];
    missed.set(0);
    assertThatThrownBy(() -> stdin.write(large)).hasMessageContaining("can't be reached");
    assertThatThrownBy(stdin::close).hasMessageContaining("has to be written again");
    stdin.write(large);
    missed.set(0);
    assertThatThrownBy(stdin::close).hasMessageContaining("can't be reached");
    stdin.close();
    stdin.close();

    List<SandboxStdinWriteRequest> writes =
        server.calls(ModalClientGrpc.getSandboxStdinWriteMethod()).stream()
            .map(c -> (SandboxStdinWriteRequest) c.request())
            .toList();
    assertThat(writes.stream().map(SandboxStdinWriteRequest::getIndex))
        .containsExactly(1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4);
    assertThat(writes.get(4).getInput().toStringUtf8()).isEqualTo("hello\n");
    assertThat(writes.get(5).getInput().toStringUtf8()).isEqualTo("world\n");
    assertThat(writes.get(10).getInput().size()).isEqualTo(large.length);
    assertThat(writes.getLast().getEof()).isTrue();
  }

  @Test
  void aFileIsWrittenAndReadThroughItsDescriptor() {
    server.unary(
        ModalClientGrpc.getContainerFilesystemExecMethod(),
        q ->
            ContainerFilesystemExecResponse.newBuilder()
                .setExecId("e")
                .setFileDescriptor("3")
                .build());
    AtomicInteger outputs = new AtomicInteger();
    server.stream(
        ModalClientGrpc.getContainerFilesystemExecGetOutputMethod(),
        (request, out) -> {
          out.onNext(
              FilesystemRuntimeOutputBatch.newBuilder()
                  .addOutput(ByteString.copyFromUtf8("né"))
                  .build());
          if (outputs.getAndIncrement() == 0) {
            throw FakeServer.failure(Status.Code.UNAVAILABLE, "cut");
          }
          out.onNext(FilesystemRuntimeOutputBatch.newBuilder().setEof(true).build());
        });

    SandboxFile file = sandbox.open("/tmp/a", FileMode.WRITE_READ);
    file.write("text");
    assertThat(file.readText()).isEqualTo("né");
    file.close();
    file.close();

    List<ContainerFilesystemExecRequest> requests =
        server.calls(ModalClientGrpc.getContainerFilesystemExecMethod()).stream()
            .map(c -> (ContainerFilesystemExecRequest) c.request())
            .toList();
    assertThat(requests).hasSize(4).allMatch(r -> r.getTaskId().equals("ta-1"));
    assertThat(requests.get(0).getFileOpenRequest().getMode()).isEqualTo("w+");
    assertThat(requests.get(1).getFileWriteRequest().getData().toStringUtf8()).isEqualTo("text");
    assertThat(requests.get(1).getFileWriteRequest().getFileDescriptor()).isEqualTo("3");
    assertThat(requests.get(3).getFileCloseRequest().getFileDescriptor()).isEqualTo("3");
    assertThatThrownBy(file::read).isInstanceOf(FailedPreconditionException.class);
  }

  @Test
  void aFileThatCantBeOpenedGivesItsErrno() {
    server.unary(
        ModalClientGrpc.getContainerFilesystemExecMethod(),
        q -> ContainerFilesystemExecResponse.newBuilder().setExecId("e").build());
    server.stream(
        ModalClientGrpc.getContainerFilesystemExecGetOutputMethod(),
        (request, out) ->
            out.onNext(
                FilesystemRuntimeOutputBatch.newBuilder()
                    .setError(
                        SystemErrorMessage.newBuilder()
                            .setErrorCode(SystemErrorCode.SYSTEM_ERROR_CODE_NOENT)
                            .setErrorMessage("/none: No such file or directory"))
                    .build()));

    assertThatThrownBy(() -> sandbox.open("/none", FileMode.READ))
        .isInstanceOfSatisfying(
            SandboxFilesystemException.class,
            e -> {
              assertThat(e.errno()).isEqualTo(2);
              assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
            })
        .hasMessage("/none: No such file or directory");
  }

  private static SandboxWaitResponse ended(GenericResult.Builder result) {
    return SandboxWaitResponse.newBuilder().setResult(result).build();
  }
}
