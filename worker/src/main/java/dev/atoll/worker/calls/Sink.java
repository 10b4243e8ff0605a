package dev.atoll.worker.calls;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * Where a streaming call sends its messages. Of one thread. The transport queues without bound, so
 * each message waits until the client has room: that is what holds a fast stream back for a slow
 * reader.
 */
public final class Sink<T> {
  private final ServerCallStreamObserver<T> call;
  private final Semaphore readiness = new Semaphore(0);

  Sink(ServerCallStreamObserver<T> call) {
    this.call = call;
  }

  /**
   * Sends a message; blocks while the client has no room.
   *
   * @throws CancellationException when the client is gone
   */
  public void send(T message) throws InterruptedException {
    while (!call.isReady()) {
      if (call.isCancelled()) {
        throw new CancellationException("the client is gone");
      }
      readiness.acquire();
      readiness.drainPermits();
    }
    call.onNext(message);
  }

  void ready() {
    readiness.release();
  }
}
