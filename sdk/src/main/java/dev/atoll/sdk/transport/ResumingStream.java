package dev.atoll.sdk.transport;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Messages from the server, one at a time, asked for as they are read. When the connection breaks
 * the stream is opened again; whoever made it says in its query where to go on. Used by one reader;
 * {@link #close} may come from any thread.
 *
 * @param <R> the messages
 */
public final class ResumingStream<R> implements AutoCloseable {
  private final Supplier<? extends BlockingClientCall<?, R>> open;
  private final RetryPolicy retryPolicy;
  private final BooleanSupplier refresh;
  private final Failure failure;
  private volatile @Nullable BlockingClientCall<?, R> call;
  private volatile boolean closed;
  private int failures;
  private boolean refreshed;

  ResumingStream(
      Supplier<? extends BlockingClientCall<?, R>> open,
      RetryPolicy retryPolicy,
      BooleanSupplier refresh,
      Failure failure) {
    this.open = open;
    this.retryPolicy = retryPolicy;
    this.refresh = refresh;
    this.failure = failure;
  }

  /** Waits for the next message; empty at the end of the call. After that, it opens a new call. */
  public Optional<R> next() {
    while (true) {
      try {
        @Nullable R message = current().read();
        if (message == null) {
          call = null;
          return Optional.empty();
        }
        failures = 0;
        refreshed = false;
        return Optional.of(message);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        close();
        throw failure.of(
            Status.CANCELLED.withDescription("Interrupted while reading").withCause(e));
      } catch (StatusException e) {
        recover(e.getStatus());
      } catch (StatusRuntimeException e) {
        recover(e.getStatus());
      }
    }
  }

  /** Ends the call; a reader that waits in {@link #next} fails. */
  @Override
  public void close() {
    closed = true;
    BlockingClientCall<?, R> current = call;
    if (current != null) {
      current.cancel("closed by the reader", null);
    }
  }

  private BlockingClientCall<?, R> current() {
    if (closed) {
      throw Status.CANCELLED.withDescription("The stream is closed").asRuntimeException();
    }
    BlockingClientCall<?, R> current = call;
    if (current == null) {
      current = open.get();
      call = current;
      if (closed) {
        current.cancel("closed by the reader", null);
      }
    }
    return current;
  }

  private void recover(Status status) {
    call = null;
    if (closed) {
      throw failure.of(status);
    }
    if (status.getCode() == Status.Code.UNAUTHENTICATED && !refreshed && refresh.getAsBoolean()) {
      refreshed = true;
      return;
    }
    if (!retryPolicy.allows(status.getCode(), failures) || !retryPolicy.sleepAfter(failures)) {
      throw failure.of(status);
    }
    failures++;
  }
}
