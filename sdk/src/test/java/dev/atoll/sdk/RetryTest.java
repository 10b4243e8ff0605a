package dev.atoll.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.protocol.modal.AppGetOrCreateResponse;
import dev.atoll.protocol.modal.ModalClientGrpc;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the client does when a call to the control plane fails. */
class RetryTest {
  private final FakeServer server = new FakeServer();
  private final Atoll client = server.client();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void allAttemptsOfOneCallCarryOneIdempotencyKey() {
    AtomicInteger attempts = new AtomicInteger();
    server.unary(
        ModalClientGrpc.getAppGetOrCreateMethod(),
        q -> {
          if (attempts.getAndIncrement() < 2) {
            throw FakeServer.failure(Status.Code.UNAVAILABLE, "starting");
          }
          return AppGetOrCreateResponse.newBuilder().setAppId("ap-7").build();
        });

    assertThat(client.apps().fromName("one").id()).isEqualTo("ap-7");
    client.apps().fromName("two");

    List<FakeServer.Call> calls = server.calls(ModalClientGrpc.getAppGetOrCreateMethod());
    assertThat(calls.stream().map(c -> c.header("x-retry-attempt")))
        .containsExactly("0", "1", "2", "0");
    assertThat(calls.stream().map(c -> c.header("x-retry-delay")))
        .containsExactly(null, "0.1", "0.2", null);
    List<String> keys = calls.stream().map(c -> c.header("x-idempotency-key")).toList();
    assertThat(keys.subList(0, 3)).doesNotContainNull().containsOnly(keys.get(0));
    assertThat(keys.get(3)).isNotEqualTo(keys.get(0));
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"DEADLINE_EXCEEDED", "UNAVAILABLE", "CANCELLED", "INTERNAL", "UNKNOWN"})
  void givesUpAfterThreeRetries(Status.Code code) {
    server.unary(
        ModalClientGrpc.getAppGetOrCreateMethod(),
        q -> {
          throw FakeServer.failure(code, "no luck");
        });

    assertThatThrownBy(() -> client.apps().fromName("one"))
        .isInstanceOf(AtollException.class)
        .hasMessageContaining("no luck");
    assertThat(server.calls(ModalClientGrpc.getAppGetOrCreateMethod())).hasSize(4);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"OK", "DEADLINE_EXCEEDED", "UNAVAILABLE", "CANCELLED", "INTERNAL", "UNKNOWN"})
  void anExpectedFailureIsNotRepeated(Status.Code code) {
    server.unary(
        ModalClientGrpc.getAppGetOrCreateMethod(),
        q -> {
          throw FakeServer.failure(code, "the reason");
        });

    assertThatThrownBy(() -> client.apps().fromName("one"))
        .isInstanceOf(AtollException.class)
        .hasMessage("the reason");
    assertThat(server.calls(ModalClientGrpc.getAppGetOrCreateMethod())).hasSize(1);
  }

  @Test
  void everyCallSaysWhoAsks() {
    server.withSandbox();
    client.apps().fromName("one");
    client.apps().fromName("two");

    List<FakeServer.Call> tokens = server.calls(ModalClientGrpc.getAuthTokenGetMethod());
    assertThat(tokens).hasSize(1);
    assertThat(tokens.getFirst().header("x-modal-auth-token")).isNull();
    assertThat(tokens.getFirst().header("x-modal-token-secret")).isEqualTo("as-secret");
    for (FakeServer.Call call : server.calls(ModalClientGrpc.getAppGetOrCreateMethod())) {
      assertThat(call.header("x-modal-token-id")).isEqualTo("ak-test");
      assertThat(call.header("x-modal-token-secret")).isEqualTo("as-secret");
      assertThat(call.header("x-modal-auth-token")).startsWith("e30.");
      assertThat(call.header("x-modal-client-version")).isEqualTo("1.0.0");
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    String authority = server.url().substring("http://".length());
    server.close();

    assertThatThrownBy(() -> client.apps().fromName("one"))
        .isInstanceOfSatisfying(
            UnavailableException.class,
            e -> assertThat(e.code().retry()).isEqualTo(ErrorCode.Retry.NOW))
        .hasMessageContaining(authority);
  }

  /** Each attempt connects: gRPC by itself would not do it again before the last one has failed. */
  @Test
  void aServerThatComesBackBetweenTwoAttemptsIsReached() throws IOException, InterruptedException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    ServerSocket stopping = new ServerSocket(0, 1, loopback);
    int port = stopping.getLocalPort();
    AtomicReference<FakeServer> back = new AtomicReference<>();
    Thread restart =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (stopping;
                      Socket refused = stopping.accept()) {
                    refused.setSoLinger(true, 0);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                  back.set(new FakeServer(port).withSandbox());
                });
    try (Atoll patient =
        Atoll.builder().serverUrl("http://127.0.0.1:" + port).token("ak-1", "as-1").build()) {
      assertThat(patient.apps().fromName("one").id()).isEqualTo("ap-1");
    } finally {
      assertThat(restart.join(Duration.ofSeconds(10))).isTrue();
      back.get().close();
    }
  }

  @Test
  void closingTheClientEndsCallsUnderWay() throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    server.unary(
        ModalClientGrpc.getAppGetOrCreateMethod(),
        q -> {
          arrived.countDown();
          awaitQuietly(release);
          return AppGetOrCreateResponse.getDefaultInstance();
        });
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread caller = Thread.ofVirtual().start(() -> seen.set(catchFailure("one")));
    arrived.await();

    client.close();
    assertThat(caller.join(Duration.ofSeconds(10))).isTrue();
    release.countDown();
    assertThat(seen.get()).isInstanceOf(ClientClosedException.class);
    assertThat(catchFailure("two")).isInstanceOf(ClientClosedException.class);
  }

  @Test
  void anInterruptEndsTheCallAndStaysVisible() throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    server.unary(
        ModalClientGrpc.getAppGetOrCreateMethod(),
        q -> {
          arrived.countDown();
          awaitQuietly(release);
          return AppGetOrCreateResponse.getDefaultInstance();
        });
    AtomicReference<Throwable> seen = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  seen.set(catchFailure("one"));
                  flag.set(Thread.currentThread().isInterrupted());
                });
    arrived.await();

    caller.interrupt();
    assertThat(caller.join(Duration.ofSeconds(10))).isTrue();
    release.countDown();
    assertThat(seen.get()).isInstanceOf(CallInterruptedException.class);
    assertThat(flag.get()).isTrue();
    assertThat(server.calls(ModalClientGrpc.getAppGetOrCreateMethod())).hasSize(1);
  }

  private Throwable catchFailure(String app) {
    try {
      client.apps().fromName(app);
      return new AssertionError("no failure");
    } catch (AtollException e) {
      return e;
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
