package dev.atoll.worker.calls;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Platform threads for work that makes blocking system calls: on a virtual thread such a call would
 * hold one of the few carriers, and with it everybody else. Named pools of fixed size, so that many
 * boots at once can't delay what releases cells.
 */
public final class Native implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Native.class);
  private static final long BUILD_END_MILLIS = 1_000;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private final ExecutorService starts = pool("atoll-start-", 2 * CORES);
  private final ExecutorService mounts = pool("atoll-mount-", 2 * CORES);
  private final ExecutorService releases = pool("atoll-release-", 2 * CORES);
  private final ExecutorService images = pool("atoll-image-", 2 * CORES);
  private final ExecutorService fetches = pool("atoll-fetch-", 4 * CORES);
  private final ExecutorService builds = pool("atoll-build-", Math.max(2, CORES));
  private final ExecutorService snapshots = pool("atoll-snapshot-", Math.max(2, CORES));

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

  /** For looking images up and removing them: nothing here takes long. */
  public ExecutorService images() {
    return images;
  }

  /** For pulling, importing and bootstrapping images. */
  public ExecutorService fetches() {
    return fetches;
  }

  /** For building images: so many builds at once, the others wait. */
  public ExecutorService builds() {
    return builds;
  }

  /** For copying what tasks have written: so many at once, the others wait. */
  public ExecutorService snapshots() {
    return snapshots;
  }

  /** Interrupts long work on images and takes no more of it. */
  public void giveUpImages() {
    fetches.shutdownNow();
    builds.shutdownNow();
    snapshots.shutdownNow();
  }

  /**
   * Runs work on a pool and waits for it; an interruption of the caller interrupts the work.
   *
   * @throws Exception what the work threw; UNAVAILABLE when the pool takes no more
   */
  public static <T> T call(ExecutorService pool, Callable<T> work) throws Exception {
    Future<T> future;
    try {
      future = pool.submit(work);
    } catch (RejectedExecutionException stopping) {
      throw new AtollException(ErrorCode.UNAVAILABLE, "the server is stopping", stopping);
    }
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

  /** Interrupts what runs, takes no more work, and waits until builds have left nothing behind. */
  @Override
  public void close() {
    giveUpImages();
    try {
      if (!builds.awaitTermination(BUILD_END_MILLIS, TimeUnit.MILLISECONDS)
          || !snapshots.awaitTermination(BUILD_END_MILLIS, TimeUnit.MILLISECONDS)) {
        log.warn("a build or snapshot did not end in time; the next start removes what is left");
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
    starts.shutdownNow();
    mounts.shutdownNow();
    images.shutdownNow();
    releases.shutdown();
  }

  private static ExecutorService pool(String name, int size) {
    return Executors.newFixedThreadPool(size, Thread.ofPlatform().name(name, 0).daemon().factory());
  }
}
