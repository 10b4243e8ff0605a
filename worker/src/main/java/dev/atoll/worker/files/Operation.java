package dev.atoll.worker.files;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.spool.Spool;
import dev.atoll.worker.spool.SpoolReader;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One file operation, from its call until it is forgotten. One thread runs it; any number ask for
 * its outcome, each as often as it likes. Thread-safe.
 */
final class Operation {
  private final String id;
  private final Spool output;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private volatile boolean forgotten;

  Operation(String id, Spool output) {
    this.id = id;
    this.output = output;
  }

  String id() {
    return id;
  }

  /** Adds to its output; the bytes are taken before this returns. */
  void append(byte[] bytes, int length) {
    long before = output.written();
    output.append(ByteBuffer.wrap(bytes, 0, length));
    if (output.written() != before + length) {
      throw new AtollException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "the worker's disk could not take what was read: free space on it, then read again");
    }
  }

  void succeed() {
    output.end();
    outcome.complete(new Outcome.Done());
    if (forgotten) {
      output.discard();
    }
  }

  void fail(FileException failure) {
    output.discard();
    outcome.complete(new Outcome.Failed(failure.toMessage()));
  }

  /** Fails it otherwise than a file system does: the reason becomes the status of who asks. */
  void fail(AtollException reason) {
    output.discard();
    outcome.completeExceptionally(reason);
  }

  /** Runs something, in the thread that ends it, once it has ended. */
  void whenOver(Runnable action) {
    var _ = outcome.whenComplete((_, _) -> action.run());
  }

  boolean isOver() {
    return outcome.isDone();
  }

  /** How many bytes of output it has so far. */
  long outputBytes() {
    return output.written();
  }

  /**
   * Its outcome; waits for it. Empty when the time ran out first.
   *
   * @throws AtollException when it failed otherwise than a file system does
   */
  Optional<Outcome> await(long millis) throws InterruptedException {
    try {
      return Optional.of(outcome.get(millis, TimeUnit.MILLISECONDS));
    } catch (TimeoutException underWay) {
      return Optional.empty();
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof AtollException reason
          ? reason
          : new IllegalStateException(failure);
    }
  }

  /** Reads the output of one that is done, from its start. */
  SpoolReader open() {
    return output.open(0);
  }

  /** Deletes its output, once its readers are done. */
  void discard() {
    forgotten = true;
    output.discard();
  }
}
