package dev.atoll.worker.calls;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Where a call gets its client's messages from. Of one thread. A message is asked for when the one
 * before was taken, so a client that sends faster than the work goes on is held back.
 */
public final class Source<T> {
  private final ServerCallStreamObserver<?> call;
  private final LinkedBlockingQueue<Event<T>> events = new LinkedBlockingQueue<>();

  private sealed interface Event<T> {
    record Message<T>(T value) implements Event<T> {}

    record End<T>() implements Event<T> {}

    record Broken<T>(Throwable how) implements Event<T> {}
  }

  Source(ServerCallStreamObserver<?> call) {
    this.call = call;
    call.disableAutoRequest();
  }

  /** The next message; blocks until there is one. Empty when the client has sent its last. */
  public Optional<T> next() throws InterruptedException {
    call.request(1);
    return switch (events.take()) {
      case Event.Message<T> message -> Optional.of(message.value());
      case Event.End<T> _ -> Optional.empty();
      case Event.Broken<T> broken -> throw Status.fromThrowable(broken.how()).asRuntimeException();
    };
  }

  StreamObserver<T> observer() {
    return new StreamObserver<>() {
      @Override
      public void onNext(T value) {
        events.add(new Event.Message<>(value));
      }

      @Override
      public void onError(Throwable how) {
        events.add(new Event.Broken<>(how));
      }

      @Override
      public void onCompleted() {
        events.add(new Event.End<>());
      }
    };
  }
}
