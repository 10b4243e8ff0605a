package dev.atoll.worker.router;

import dev.atoll.errors.AtollException;
import dev.atoll.protocol.errors.StatusMapping;
import dev.atoll.worker.calls.Calls;
import dev.atoll.worker.calls.Source;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Callable;

/** Answers calls that name a task, if it is the one that the call's token opens. */
final class GatedCalls {
  private final Calls calls;

  GatedCalls(Calls calls) {
    this.calls = calls;
  }

  /** What a call with a stream of requests does. */
  @FunctionalInterface
  interface CollectingWork<Q, R> {
    /** Takes the messages, checks the task that they name, and gives the answer. */
    R run(Source<Q> source, TokenGate.Permission permission) throws Exception;
  }

  <T> void unary(String taskId, StreamObserver<T> observer, Callable<T> work) {
    if (pass(taskId, observer)) {
      calls.unary(observer, work);
    }
  }

  <T> void stream(String taskId, StreamObserver<T> observer, Calls.StreamWork<T> work) {
    if (pass(taskId, observer)) {
      calls.stream(observer, work);
    }
  }

  <Q, R> StreamObserver<Q> collect(StreamObserver<R> observer, CollectingWork<Q, R> work) {
    TokenGate.Permission permission = TokenGate.permission();
    return calls.collect(observer, source -> work.run(source, permission));
  }

  private static boolean pass(String taskId, StreamObserver<?> observer) {
    try {
      TokenGate.permission().check(taskId);
      return true;
    } catch (AtollException refused) {
      observer.onError(StatusMapping.toException(refused));
      return false;
    }
  }
}
