package dev.atoll.worker.mount;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Runs work to its end, on a virtual thread of its own, also when who waits for it is interrupted:
 * what is half mounted would be known to nobody.
 */
final class Whole {
  private Whole() {}

  /** What is not to be interrupted. */
  interface Work {
    void run() throws Exception;
  }

  /**
   * Waits for the work, or until it is interrupted.
   *
   * @throws Exception what the work threw
   */
  static void run(Work work) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("atoll-mount-call")
        .start(
            () -> {
              try {
                work.run();
                done.complete(null);
              } catch (Throwable failure) {
                done.completeExceptionally(failure);
              }
            });
    try {
      done.get();
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof Exception cause ? cause : failure;
    }
  }
}
