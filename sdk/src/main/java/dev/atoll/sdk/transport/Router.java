package dev.atoll.sdk.transport;

import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.TaskGetCommandRouterAccessRequest;
import dev.atoll.protocol.modal.TaskGetCommandRouterAccessResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The command router of one task. Every call may be repeated: the ids and offsets in the queries
 * tell a repetition from a new request.
 */
public final class Router {
  private static final Metadata.Key<String> AUTHORIZATION = Calls.key("authorization");
  private static final Duration NEAR_END = Duration.ofSeconds(30);

  private record Access(Channel channel, String token, Optional<Instant> end) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final ControlPlane controlPlane;
  private final Channels channels;
  private final String taskId;
  private final Clock clock;
  private volatile @Nullable Access access;

  Router(ControlPlane controlPlane, Channels channels, String taskId, Clock clock) {
    this.controlPlane = controlPlane;
    this.channels = channels;
    this.taskId = taskId;
    this.clock = clock;
  }

  /** The task that this router serves. */
  public String taskId() {
    return taskId;
  }

  /** Calls and waits for the answer. */
  public <Q, R> R call(MethodDescriptor<Q, R> method, Q query) {
    boolean refreshed = false;
    for (int attempt = 0; ; attempt++) {
      try {
        return once(method, CallOptions.DEFAULT, query);
      } catch (StatusRuntimeException e) {
        refreshed = repeat(e.getStatus(), attempt, refreshed);
      }
    }
  }

  /** Calls and waits for the answer at most the given time; empty if there was none by then. */
  public <Q, R> Optional<R> callWithin(MethodDescriptor<Q, R> method, Q query, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    boolean refreshed = false;
    for (int attempt = 0; ; attempt++) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return Optional.empty();
      }
      try {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(left, TimeUnit.NANOSECONDS);
        return Optional.of(once(method, options, query));
      } catch (StatusRuntimeException e) {
        Status status = e.getStatus();
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED && System.nanoTime() >= end) {
          return Optional.empty();
        }
        refreshed = repeat(status, attempt, refreshed);
      }
    }
  }

  /** A stream that opens again, with the query it is then given, when it breaks. */
  public <Q, R> ResumingStream<R> stream(MethodDescriptor<Q, R> method, Supplier<Q> query) {
    return new ResumingStream<>(
        () -> {
          Access current = access();
          return Calls.stream(current.channel, method, headers(current), query.get());
        },
        RetryPolicy.ROUTER,
        this::refreshIfStale,
        controlPlane::translate);
  }

  private <Q, R> R once(MethodDescriptor<Q, R> method, CallOptions options, Q query) {
    Access current = access();
    return Calls.unary(current.channel, method, options, headers(current), query);
  }

  /** Returns, after a pause, if the call is to be repeated; the result is the new "refreshed". */
  private boolean repeat(Status status, int attempt, boolean refreshed) {
    if (channels.isClosed() || Thread.currentThread().isInterrupted()) {
      throw controlPlane.translate(status);
    }
    if (status.getCode() == Status.Code.UNAUTHENTICATED && !refreshed) {
      refreshIfStale();
      return true;
    }
    if (!RetryPolicy.ROUTER.allows(status.getCode(), attempt)
        || !RetryPolicy.ROUTER.sleepAfter(attempt)) {
      throw controlPlane.translate(status);
    }
    return refreshed;
  }

  private static Metadata headers(Access access) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + access.token);
    return headers;
  }

  private Access access() {
    Access current = access;
    return current != null ? current : fetch(null);
  }

  /** Fetches a new token if the one at hand is about to end; true in any case: try once more. */
  private boolean refreshIfStale() {
    Access current = access;
    Instant now = clock.instant();
    if (current == null
        || current.end.isEmpty()
        || current.end.get().minus(NEAR_END).isBefore(now)) {
      fetch(current);
    }
    return true;
  }

  /** Fetches access unless another thread has replaced the given one meanwhile. */
  private Access fetch(@Nullable Access stale) {
    lock.lock();
    try {
      Access current = access;
      if (current != null && current != stale) {
        return current;
      }
      TaskGetCommandRouterAccessResponse answer =
          controlPlane.call(
              ModalClientGrpc.getTaskGetCommandRouterAccessMethod(),
              TaskGetCommandRouterAccessRequest.newBuilder().setTaskId(taskId).build());
      // The address never changes during a task's life, so a refresh keeps the connection.
      Channel channel = current != null ? current.channel : channels.to(endpoint(answer.getUrl()));
      Access fresh = new Access(channel, answer.getJwt(), JwtExpiry.of(answer.getJwt()));
      access = fresh;
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  private Endpoint endpoint(String url) {
    try {
      return controlPlane.endpoint().router(url);
    } catch (IllegalArgumentException e) {
      throw controlPlane.translate(Status.INTERNAL.withDescription(e.getMessage()).withCause(e));
    }
  }
}
