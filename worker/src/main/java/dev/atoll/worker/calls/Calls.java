package dev.atoll.worker.calls;

import dev.atoll.protocol.errors.StatusMapping;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers gRPC calls from virtual threads. Work may block; it is interrupted when its client is
 * gone or this is closed. Its exceptions become statuses, and defects are logged.
 */
public final class Calls implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Calls.class);

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("atoll-call-", 0).factory());

  /** What a streaming call does. */
  @FunctionalInterface
  public interface StreamWork<T> {
    /** Sends messages until there are none. */
    void run(Sink<T> sink) throws Exception;
  }

  /** What a call with a stream of requests does. */
  @FunctionalInterface
  public interface CollectingWork<Q, R> {
    /** Takes the messages, then gives the answer. */
    R run(Source<Q> source) throws Exception;
  }

  /** Answers with one message. */
  public <T> void unary(StreamObserver<T> observer, Callable<T> work) {
    ServerCallStreamObserver<T> call = (ServerCallStreamObserver<T>) observer;
    run(
        call,
        () -> {
          T answer = work.call();
          call.onNext(answer);
          call.onCompleted();
        });
  }

  /** Answers with a stream of messages. */
  public <T> void stream(StreamObserver<T> observer, StreamWork<T> work) {
    ServerCallStreamObserver<T> call = (ServerCallStreamObserver<T>) observer;
    Sink<T> sink = new Sink<>(call);
    call.setOnReadyHandler(sink::ready);
    run(
        call,
        () -> {
          work.run(sink);
          call.onCompleted();
        });
  }

  /** Takes a stream of messages and answers with one. */
  public <Q, R> StreamObserver<Q> collect(StreamObserver<R> observer, CollectingWork<Q, R> work) {
    Source<Q> source = new Source<>((ServerCallStreamObserver<R>) observer);
    unary(observer, () -> work.run(source));
    return source.observer();
  }

  /** Interrupts every call that is under way; such a call ends with UNAVAILABLE. */
  @Override
  public void close() {
    threads.shutdownNow();
  }

  private interface Answer {
    void run() throws Exception;
  }

  private <T> void run(ServerCallStreamObserver<T> call, Answer answer) {
    Running running = new Running();
    call.setOnCancelHandler(running::cancel);
    try {
      running.started(threads.submit(() -> guarded(call, answer)));
    } catch (RejectedExecutionException stopping) {
      call.onError(StatusMapping.toException(new InterruptedException()));
    }
  }

  private static <T> void guarded(ServerCallStreamObserver<T> call, Answer answer) {
    try {
      answer.run();
    } catch (Exception | LinkageError | AssertionError failure) {
      if (call.isCancelled()) {
        return;
      }
      if (StatusMapping.isDefect(failure)) {
        log.error("a call failed unexpectedly", failure);
      }
      call.onError(StatusMapping.toException(failure));
    }
  }

  /** A call's thread, and whether the client left before it was known. */
  private static final class Running {
    private volatile boolean cancelled;
    private volatile Future<?> thread = CompletableFuture.completedFuture("");

    void started(Future<?> future) {
      thread = future;
      if (cancelled) {
        future.cancel(true);
      }
    }

    void cancel() {
      cancelled = true;
      thread.cancel(true);
    }
  }
}
