package dev.atoll.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.TaskGetCommandRouterAccessResponse;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskExecStartRequest;
import dev.atoll.protocol.router.TaskExecStartResponse;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the client finds, enters and re-enters a task's command router. */
class RouterTest {
  private final FakeServer server = new FakeServer().withSandbox();
  private final Atoll client = server.client();
  private final Sandbox sandbox = server.sandbox(client);

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void onLoopbackAnHttpsRouterIsSpokenToInPlaintextOnTheSameConnection() {
    sandbox.exec("true");
    sandbox.exec("true");

    assertThat(server.calls(TaskCommandRouterGrpc.getTaskExecStartMethod())).hasSize(2);
    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.calls(ModalClientGrpc.getSandboxGetTaskIdMethod())).hasSize(1);
    assertThat(server.calls(ModalClientGrpc.getTaskGetCommandRouterAccessMethod())).hasSize(1);
  }

  @Test
  void theRouterSeesItsOwnTokenAndNotTheTokenPair() {
    sandbox.exec("true");

    FakeServer.Call call = server.calls(TaskCommandRouterGrpc.getTaskExecStartMethod()).getFirst();
    assertThat(call.header("authorization")).startsWith("Bearer e30.");
    assertThat(call.header("x-modal-token-secret")).isNull();
    assertThat(call.header("x-modal-auth-token")).isNull();
  }

  @Test
  void aTokenAboutToEndIsReplacedAndTheCallRepeated() {
    AtomicInteger accesses = new AtomicInteger();
    server.unary(
        ModalClientGrpc.getTaskGetCommandRouterAccessMethod(),
        q -> server.access(Instant.now().plusSeconds(accesses.getAndIncrement() == 0 ? 5 : 3600)));
    AtomicInteger starts = new AtomicInteger();
    server.unary(
        TaskCommandRouterGrpc.getTaskExecStartMethod(),
        q -> {
          if (starts.getAndIncrement() == 0) {
            throw FakeServer.failure(Status.Code.UNAUTHENTICATED, "expired");
          }
          return TaskExecStartResponse.getDefaultInstance();
        });

    sandbox.exec("true");

    List<FakeServer.Call> calls = server.calls(TaskCommandRouterGrpc.getTaskExecStartMethod());
    assertThat(accesses).hasValue(2);
    assertThat(calls).hasSize(2);
    assertThat(calls.get(0).header("authorization"))
        .isNotEqualTo(calls.get(1).header("authorization"));
    assertThat(calls.stream().map(c -> ((TaskExecStartRequest) c.request()).getExecId()).distinct())
        .hasSize(1);
  }

  @Test
  void aLongLivedTokenThatIsRefusedIsTriedOnceMoreAndNotReplaced() {
    server.unary(
        TaskCommandRouterGrpc.getTaskExecStartMethod(),
        q -> {
          throw FakeServer.failure(Status.Code.UNAUTHENTICATED, "not you");
        });

    assertThatThrownBy(() -> sandbox.exec("true"))
        .isInstanceOf(AccessException.class)
        .hasMessage("not you");
    assertThat(server.calls(TaskCommandRouterGrpc.getTaskExecStartMethod())).hasSize(2);
    assertThat(server.calls(ModalClientGrpc.getTaskGetCommandRouterAccessMethod())).hasSize(1);
  }

  @Test
  void aStartThatFailsOnTheWayIsRepeatedWithTheSameExecId() {
    AtomicInteger starts = new AtomicInteger();
    server.unary(
        TaskCommandRouterGrpc.getTaskExecStartMethod(),
        q -> {
          if (starts.getAndIncrement() < 5) {
            throw FakeServer.failure(Status.Code.UNAVAILABLE, "restarting");
          }
          return TaskExecStartResponse.getDefaultInstance();
        });

    sandbox.exec(
        List.of("ls", "-l"),
        exec ->
            exec.workdir("/srv")
                .environment("A", "b")
                .timeout(Duration.ofSeconds(7))
                .mergeStderr(true));

    List<TaskExecStartRequest> requests =
        server.calls(TaskCommandRouterGrpc.getTaskExecStartMethod()).stream()
            .map(c -> (TaskExecStartRequest) c.request())
            .toList();
    assertThat(requests).hasSize(6).containsOnly(requests.getFirst());
    assertThat(requests.getFirst().getCommandArgsList()).containsExactly("ls", "-l");
    assertThat(requests.getFirst().getWorkdir()).isEqualTo("/srv");
    assertThat(requests.getFirst().getEnvMap()).containsEntry("A", "b");
    assertThat(requests.getFirst().getTimeoutSecs()).isEqualTo(7);
  }

  @Test
  void aRouterUrlOfAnUnknownKindIsRefused() {
    server.unary(
        ModalClientGrpc.getTaskGetCommandRouterAccessMethod(),
        q ->
            TaskGetCommandRouterAccessResponse.newBuilder()
                .setUrl("ftp://x")
                .setJwt("a.b.c")
                .build());

    assertThatThrownBy(() -> sandbox.exec("true"))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("ftp://x");
  }

  @Test
  void aDetachedHandleStartsNothing() {
    sandbox.detach();

    assertThatThrownBy(() -> sandbox.exec("true")).isInstanceOf(ClientClosedException.class);
    assertThatThrownBy(() -> sandbox.open("/x", FileMode.READ))
        .isInstanceOf(ClientClosedException.class);
    assertThat(server.calls(TaskCommandRouterGrpc.getTaskExecStartMethod())).isEmpty();
  }
}
