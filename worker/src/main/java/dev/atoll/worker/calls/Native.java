package dev.atoll.worker.calls;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Platform threads for work that makes blocking system calls: on a virtual thread such a call would
 * hold one of the few carriers, and with it everybody else. Named pools of fixed size, so that many
 * boots at once can't delay what releases cells.
 */
public final class Native implements AutoCloseable {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private final ExecutorService starts = pool("atoll-start-", 2 * CORES);
  private final ExecutorService mounts = pool("atoll-mount-", 2 * CORES);
  private final ExecutorService releases = pool("atoll-release-", 2 * CORES);
  private final ExecutorService images = pool("atoll-image-", 4 * CORES);

  /** For booting and claiming cells. */
  public ExecutorService starts() {
    return starts;
  }

  /** For preparing root file systems. */
  public ExecutorService mounts() {
    return mounts;
  }

  /** For destroying cells and discarding root file systems. */
  public ExecutorService releases() {
    return releases;
  }

  /** For pulling, importing and building images. */
  public ExecutorService images() {
    return images;
  }

  /**
   * Runs work on a pool and waits for it; an interruption of the caller interrupts the work.
   *
   * @throws Exception what the work threw
   */
  public static <T> T call(ExecutorService pool, Callable<T> work) throws Exception {
    Future<T> future = pool.submit(work);
    try {
      return future.get();
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw failure;
    } catch (InterruptedException stopped) {
      future.cancel(true);
      throw stopped;
    }
  }

  /** Interrupts what runs and takes no more work. */
  @Override
  public void close() {
    starts.shutdownNow();
    mounts.shutdownNow();
    images.shutdownNow();
    releases.shutdown();
  }

  private static ExecutorService pool(String name, int size) {
    return Executors.newFixedThreadPool(size, Thread.ofPlatform().name(name, 0).daemon().factory());
  }
}
