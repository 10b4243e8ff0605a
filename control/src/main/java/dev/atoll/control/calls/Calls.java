package dev.atoll.control.calls;

import dev.atoll.protocol.errors.StatusMapping;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers calls with the result of code that may block and throw. */
public final class Calls {
  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  private Calls() {}

  /** Answers with a value, or with the status that a failure maps to. */
  public static <T> void answer(StreamObserver<T> observer, Callable<T> work) {
    var call = (ServerCallStreamObserver<T>) observer;
    // With a handler set, answering a call that its client took back is no failure.
    call.setOnCancelHandler(() -> {});
    T value;
    try {
      value = work.call();
    } catch (Exception | LinkageError failure) {
      fail(observer, failure);
      return;
    }
    observer.onNext(value);
    observer.onCompleted();
  }

  /** Where a stream's messages go. */
  public interface Outlet<T> {
    /** Sends a message once the client is ready for it; false when the client has gone. */
    boolean send(T message) throws InterruptedException;

    /** A context that is cancelled when the client has gone. */
    Context.CancellableContext context();
  }

  /** What fills a stream. */
  public interface StreamWork<T> {
    /** Sends messages; the stream ends when it returns. */
    void run(Outlet<T> outlet) throws Exception;
  }

  /**
   * Answers with a stream, filled on a virtual thread of its own: the callback that says that the
   * client is ready never runs while a handler does.
   */
  public static <T> void stream(StreamObserver<T> observer, StreamWork<T> work) {
    var call = (ServerCallStreamObserver<T>) observer;
    Semaphore changed = new Semaphore(0);
    // What the call's metadata says, but not its end: work that is under way ends by itself.
    Context caller = Context.current().fork();
    Context.CancellableContext context = caller.withCancellation();
    call.setOnReadyHandler(changed::release);
    call.setOnCancelHandler(
        () -> {
          context.cancel(null);
          changed.release();
        });
    Outlet<T> outlet =
        new Outlet<>() {
          @Override
          public boolean send(T message) throws InterruptedException {
            while (!call.isReady() && !call.isCancelled()) {
              changed.acquire();
              changed.drainPermits();
            }
            if (call.isCancelled()) {
              return false;
            }
            call.onNext(message);
            return true;
          }

          @Override
          public Context.CancellableContext context() {
            return context;
          }
        };
    Thread.ofVirtual()
        .name("stream")
        .start(
            caller.wrap(
                () -> {
                  try {
                    work.run(outlet);
                    if (!call.isCancelled()) {
                      call.onCompleted();
                    }
                  } catch (Exception | LinkageError failure) {
                    if (!call.isCancelled()) {
                      fail(observer, failure);
                    }
                  } finally {
                    context.cancel(null);
                  }
                }));
  }

  private static void fail(StreamObserver<?> observer, Throwable failure) {
    if (StatusMapping.isDefect(failure)) {
      LOG.error("a call failed unexpectedly", failure);
    }
    observer.onError(StatusMapping.toException(failure));
  }
}
