package dev.atoll.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import dev.atoll.protocol.exec.ExecControlGrpc;
import dev.atoll.protocol.exec.SignalExecRequest;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskExecPollResponse;
import dev.atoll.protocol.router.TaskExecStdinWriteRequest;
import dev.atoll.protocol.router.TaskExecStdinWriteResponse;
import dev.atoll.protocol.router.TaskExecStdioReadRequest;
import dev.atoll.protocol.router.TaskExecStdioReadResponse;
import dev.atoll.protocol.router.TaskExecWaitResponse;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A process in a sandbox behaves as a java.lang.Process. */
class SandboxProcessTest {
  private final FakeServer server = new FakeServer().withSandbox();
  private final Atoll client = server.client();
  private final SandboxProcess process = server.sandbox(client).exec("program");
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void close() {
    end.countDown();
    client.close();
    server.close();
  }

  @Test
  void aReaderGoesOnAtTheByteWhereTheConnectionBroke() throws IOException {
    byte[] written = new byte[1_000_000];
    new Random(1).nextBytes(written);
    AtomicInteger pieces = new AtomicInteger();
    server.stream(
        TaskCommandRouterGrpc.getTaskExecStdioReadMethod(),
        (request, out) -> {
          int offset = (int) request.getOffset();
          while (offset < written.length) {
            int size = Math.min(7_919, written.length - offset);
            out.onNext(piece(ByteString.copyFrom(written, offset, size)));
            offset += size;
            if (pieces.incrementAndGet() % 40 == 0) {
              throw FakeServer.failure(Status.Code.UNAVAILABLE, "cut");
            }
          }
        });

    assertThat(process.getInputStream().readAllBytes()).isEqualTo(written);
    List<Long> offsets =
        server.calls(TaskCommandRouterGrpc.getTaskExecStdioReadMethod()).stream()
            .map(c -> ((TaskExecStdioReadRequest) c.request()).getOffset())
            .toList();
    assertThat(offsets).containsExactly(0L, 40 * 7_919L, 80 * 7_919L, 120 * 7_919L);
  }

  @Test
  void transferToGivesEveryByteAfterASingleByteWasRead() throws IOException {
    server.stream(
        TaskCommandRouterGrpc.getTaskExecStdioReadMethod(),
        (request, out) -> {
          out.onNext(piece(ByteString.copyFromUtf8("abc")));
          out.onNext(piece(ByteString.copyFromUtf8("def")));
        });
    ByteArrayOutputStream rest = new ByteArrayOutputStream();

    assertThat(process.getInputStream().read()).isEqualTo('a');
    assertThat(process.getInputStream().transferTo(rest)).isEqualTo(5);
    assertThat(rest.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("bcdef");
    assertThat(process.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void aReaderGivesUpWhenTheServerStaysAway() {
    server.stream(
        TaskCommandRouterGrpc.getTaskExecStdioReadMethod(),
        (request, out) -> {
          throw FakeServer.failure(Status.Code.NOT_FOUND, "task ta-1 is gone");
        });

    assertThatThrownBy(() -> process.getInputStream().read())
        .isInstanceOf(IOException.class)
        .hasCauseInstanceOf(NotFoundException.class)
        .hasMessage("task ta-1 is gone");
    assertThatThrownBy(process::readText).isInstanceOf(NotFoundException.class);
  }

  @Test
  void nothingIsTransferredBeforeItIsRead() throws InterruptedException {
    server.unary(
        TaskCommandRouterGrpc.getTaskExecWaitMethod(),
        q -> TaskExecWaitResponse.newBuilder().setCode(3).build());

    assertThat(process.waitFor()).isEqualTo(3);
    assertThat(process.exitValue()).isEqualTo(3);
    assertThat(server.calls(TaskCommandRouterGrpc.getTaskExecStdioReadMethod())).isEmpty();
    assertThat(server.calls(TaskCommandRouterGrpc.getTaskExecPollMethod())).isEmpty();
  }

  @Test
  void closingAStreamFreesItsReader() throws InterruptedException {
    CountDownLatch reading = new CountDownLatch(1);
    server.stream(
        TaskCommandRouterGrpc.getTaskExecStdioReadMethod(),
        (request, out) -> {
          reading.countDown();
          awaitEnd();
        });
    Thread reader =
        Thread.ofVirtual()
            .start(
                () ->
                    assertThatThrownBy(process.getInputStream()::read)
                        .isInstanceOf(IOException.class));
    reading.await();

    assertThatCloses(process);
    assertThat(reader.join(java.time.Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void aSignalledProcessHasTheExitCodeOfAShell() throws InterruptedException {
    server.unary(
        TaskCommandRouterGrpc.getTaskExecWaitMethod(),
        q -> TaskExecWaitResponse.newBuilder().setSignal(9).build());

    assertThat(process.waitFor()).isEqualTo(137);
  }

  @Test
  void aRunningProcessIsAliveUntilItsEnd() throws Exception {
    server.unary(
        TaskCommandRouterGrpc.getTaskExecPollMethod(),
        q -> TaskExecPollResponse.getDefaultInstance());
    server.unary(
        TaskCommandRouterGrpc.getTaskExecWaitMethod(),
        q -> {
          awaitEnd();
          return TaskExecWaitResponse.newBuilder().setCode(0).build();
        });

    assertThat(process.isAlive()).isTrue();
    assertThatThrownBy(process::exitValue).isInstanceOf(IllegalThreadStateException.class);
    assertThat(process.waitFor(50, TimeUnit.MILLISECONDS)).isFalse();
    var exit = process.onExit();
    assertThat(exit).isNotDone();

    end.countDown();
    assertThat(exit.get(10, TimeUnit.SECONDS)).isSameAs(process);
    assertThat(process.waitFor(0, TimeUnit.SECONDS)).isTrue();
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void anInterruptedWaitIsAnInterruptedException() throws InterruptedException {
    server.unary(
        TaskCommandRouterGrpc.getTaskExecWaitMethod(),
        q -> {
          awaitEnd();
          return TaskExecWaitResponse.newBuilder().setCode(0).build();
        });
    Thread.currentThread().interrupt();

    assertThatThrownBy(process::waitFor).isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void stdinIsWrittenAtItsOffsetsAndClosed() throws IOException {
    server.unary(
        TaskCommandRouterGrpc.getTaskExecStdinWriteMethod(),
        q -> TaskExecStdinWriteResponse.getDefaultInstance());
    try (var stdin = process.getOutputStream()) {
      stdin.write(new byte[100_000]);
      stdin.write('x');
      stdin.flush();
    }

    List<TaskExecStdinWriteRequest> writes =
        server.calls(TaskCommandRouterGrpc.getTaskExecStdinWriteMethod()).stream()
            .map(c -> (TaskExecStdinWriteRequest) c.request())
            .toList();
    assertThat(writes.stream().map(TaskExecStdinWriteRequest::getOffset))
        .containsExactly(0L, 100_000L, 100_001L);
    assertThat(writes.getLast().getEof()).isTrue();
    assertThat(writes.getLast().getData().isEmpty()).isTrue();
    assertThat(writes.getFirst().getEof()).isFalse();
  }

  @Test
  void writingToAnEndedProcessFailsButClosingItsStdinDoesNot() throws IOException {
    server.unary(
        TaskCommandRouterGrpc.getTaskExecStdinWriteMethod(),
        q -> {
          throw FakeServer.failure(Status.Code.FAILED_PRECONDITION, "the process has ended");
        });
    process.getOutputStream().write('x');

    assertThatThrownBy(() -> process.getOutputStream().flush()).isInstanceOf(IOException.class);
    SandboxProcess other = server.sandbox(client).exec("other");
    other.getOutputStream().close();
  }

  @Test
  void destroySignals() {
    server.unary(ExecControlGrpc.getSignalExecMethod(), q -> Empty.getDefaultInstance());

    process.destroy();
    process.destroyForcibly();

    assertThat(
            server.calls(ExecControlGrpc.getSignalExecMethod()).stream()
                .map(c -> ((SignalExecRequest) c.request()).getSignal()))
        .containsExactly(15, 9);
  }

  @Test
  void whatAServerOfTheOriginalProtocolCantDoIsSaid() {
    assertThatThrownBy(process::destroy)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("timeout");
    assertThatThrownBy(process::pid).isInstanceOf(UnsupportedOperationException.class);
  }

  private static TaskExecStdioReadResponse piece(ByteString bytes) {
    return TaskExecStdioReadResponse.newBuilder().setData(bytes).build();
  }

  private static void assertThatCloses(Process process) {
    try {
      process.getInputStream().close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitEnd() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
