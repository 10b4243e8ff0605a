package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Threads that unpack layers. Their own, because file calls block a virtual thread's carrier; few,
 * because unpacking is work for disk and processor. A call has its own threads, so that none of its
 * work is left when it returns.
 */
final class LayerWorkers {
  private static final int THREADS = 4;
  private static final long STACK_BYTES = 16L << 20;

  private LayerWorkers() {}

  /** Runs one piece of work, and waits. */
  static <T> T run(Callable<T> work, String what) throws IOException, InterruptedException {
    List<T> results = new ArrayList<>();
    runAll(
        List.of(
            () -> {
              results.add(work.call());
              return null;
            }),
        what);
    return results.getFirst();
  }

  /**
   * Runs pieces of work, and waits for all; the first failure stops the others.
   *
   * @param what begins the message of a failure that the user can meet
   */
  static void runAll(List<Callable<@org.jspecify.annotations.Nullable Void>> works, String what)
      throws IOException, InterruptedException {
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.min(THREADS, works.size()), LayerWorkers::thread);
    try {
      var completion =
          new ExecutorCompletionService<@org.jspecify.annotations.Nullable Void>(threads);
      works.forEach(completion::submit);
      for (int i = 0; i < works.size(); i++) {
        completion.take().get();
      }
    } catch (ExecutionException e) {
      throw failure(e, what);
    } finally {
      threads.shutdownNow();
      threads.close();
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(null, work, "layer-worker", STACK_BYTES);
    thread.setDaemon(true);
    return thread;
  }

  private static IOException failure(ExecutionException e, String what)
      throws InterruptedException {
    switch (e.getCause()) {
      case AtollException failure ->
          throw new AtollException(failure.code(), what + ": " + failure.getMessage(), failure);
      case IOException failure -> {
        return failure;
      }
      case InterruptedException failure -> throw failure;
      case RuntimeException failure -> throw failure;
      case null, default -> throw new AssertionError(e);
    }
  }
}
