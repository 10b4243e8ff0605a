package dev.atoll.sdk;

import dev.atoll.protocol.modal.AppGetOrCreateResponse;
import dev.atoll.protocol.modal.AuthTokenGetResponse;
import dev.atoll.protocol.modal.ImageFromIdResponse;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.SandboxCreateResponse;
import dev.atoll.protocol.modal.SandboxGetTaskIdResponse;
import dev.atoll.protocol.modal.TaskGetCommandRouterAccessResponse;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskExecStartResponse;
import io.grpc.Attributes;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.HandlerRegistry;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A server of the protocol on loopback whose answers a test writes itself, because a real one can't
 * be made to break at a chosen byte. It remembers every call.
 */
final class FakeServer implements AutoCloseable {
  /** One call that arrived. */
  record Call(String method, Metadata headers, Object request) {
    @Nullable String header(String name) {
      return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }
  }

  /** Answers a call with messages, and ends it well by returning or badly by throwing. */
  interface Answer<Q, R> {
    void to(Q request, StreamObserver<R> out);
  }

  private final Map<String, ServerMethodDefinition<?, ?>> methods = new ConcurrentHashMap<>();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Server server;

  FakeServer() {
    this(0);
  }

  /** Listens on a port that is free; 0: on any. */
  FakeServer(int port) {
    try {
      server =
          OkHttpServerBuilder.forPort(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                  InsecureServerCredentials.create())
              .fallbackHandlerRegistry(
                  new HandlerRegistry() {
                    @Override
                    public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
                        String name, @Nullable String authority) {
                      return methods.get(name);
                    }
                  })
              .addTransportFilter(
                  new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                      connections.incrementAndGet();
                      return attributes;
                    }
                  })
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    unary(
        ModalClientGrpc.getAuthTokenGetMethod(),
        q ->
            AuthTokenGetResponse.newBuilder()
                .setToken(jwt(Instant.now().plusSeconds(3600)))
                .build());
  }

  /** Answers everything up to a started exec in a sandbox whose router is this server. */
  FakeServer withSandbox() {
    unary(
        ModalClientGrpc.getAppGetOrCreateMethod(),
        q -> AppGetOrCreateResponse.newBuilder().setAppId("ap-1").build());
    unary(
        ModalClientGrpc.getImageFromIdMethod(),
        q -> ImageFromIdResponse.newBuilder().setImageId(q.getImageId()).build());
    unary(
        ModalClientGrpc.getSandboxCreateMethod(),
        q -> SandboxCreateResponse.newBuilder().setSandboxId("sb-1").build());
    unary(
        ModalClientGrpc.getSandboxGetTaskIdMethod(),
        q -> SandboxGetTaskIdResponse.newBuilder().setTaskId("ta-1").build());
    unary(
        ModalClientGrpc.getTaskGetCommandRouterAccessMethod(),
        q -> access(Instant.now().plusSeconds(3600)));
    unary(
        TaskCommandRouterGrpc.getTaskExecStartMethod(),
        q -> TaskExecStartResponse.getDefaultInstance());
    return this;
  }

  TaskGetCommandRouterAccessResponse access(Instant end) {
    return TaskGetCommandRouterAccessResponse.newBuilder()
        .setUrl("https://127.0.0.1:" + server.getPort())
        .setJwt(jwt(end))
        .build();
  }

  <Q, R> void unary(MethodDescriptor<Q, R> method, Function<Q, R> answer) {
    on(
        method,
        ServerCalls.asyncUnaryCall(
            (request, out) ->
                answer((Q q, StreamObserver<R> o) -> o.onNext(answer.apply(q)), request, out)));
  }

  <Q, R> void stream(MethodDescriptor<Q, R> method, Answer<Q, R> answer) {
    on(
        method,
        ServerCalls.asyncServerStreamingCall((request, out) -> answer(answer, request, out)));
  }

  Atoll client() {
    return Atoll.builder().serverUrl(url()).token("ak-test", "as-secret").build();
  }

  Sandbox sandbox(Atoll client) {
    return client.sandboxes().create(new App("ap-1", "test"), client.images().fromId("im-1"));
  }

  String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  int connections() {
    return connections.get();
  }

  List<Call> calls(MethodDescriptor<?, ?> method) {
    return calls.stream().filter(c -> c.method().equals(method.getFullMethodName())).toList();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  static StatusRuntimeException failure(Status.Code code, String text) {
    return code.toStatus().withDescription(text).asRuntimeException();
  }

  static String jwt(Instant end) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String payload = "{\"sub\":\"test\",\"exp\":" + end.getEpochSecond() + "}";
    return "e30." + encoder.encodeToString(payload.getBytes(StandardCharsets.UTF_8)) + ".c2ln";
  }

  private <Q, R> void on(MethodDescriptor<Q, R> method, ServerCallHandler<Q, R> handler) {
    ServerCallHandler<Q, R> recording =
        new ServerCallHandler<>() {
          @Override
          public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
            return new SimpleForwardingServerCallListener<>(handler.startCall(call, headers)) {
              @Override
              public void onMessage(Q request) {
                calls.add(new Call(method.getFullMethodName(), headers, (Object) request));
                super.onMessage(request);
              }
            };
          }
        };
    methods.put(method.getFullMethodName(), ServerMethodDefinition.create(method, recording));
  }

  private static <Q, R> void answer(Answer<Q, R> answer, Q request, StreamObserver<R> out) {
    try {
      answer.to(request, out);
      out.onCompleted();
    } catch (StatusRuntimeException e) {
      out.onError(e);
    }
  }
}
