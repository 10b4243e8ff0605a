package dev.atoll.worker.image;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.worker.ImageProgress;
import dev.atoll.worker.calls.Sink;
import dev.atoll.worker.spool.Spool;
import dev.atoll.worker.spool.SpoolFolder;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs work on images. Who asks for what is already being done joins it; work that nobody follows
 * any more is interrupted. Thread-safe.
 */
public final class ImageJobs {
  private final SpoolFolder folder;
  private final Map<Object, Running> running = new HashMap<>();
  private final AtomicLong names = new AtomicLong();

  private static final class Running {
    private final ImageJob job;
    private final Future<?> future;
    private int followers;

    Running(ImageJob job, Future<?> future) {
      this.job = job;
      this.future = future;
    }
  }

  /** Runs nothing yet. */
  public ImageJobs(SpoolFolder folder) {
    this.folder = folder;
  }

  /**
   * Does work, or joins equal work, and tells its progress from its beginning; blocks until it is
   * done.
   *
   * @param key equal for work that gives the same
   * @param threads who does it
   */
  public void follow(Object key, ExecutorService threads, ImageWork work, Sink<ImageProgress> sink)
      throws IOException, InterruptedException {
    Running joined = join(key, threads, work);
    try {
      joined.job.follow(sink);
    } finally {
      leave(key, joined);
    }
  }

  private synchronized Running join(Object key, ExecutorService threads, ImageWork work) {
    Running found =
        running.computeIfAbsent(
            key,
            _ -> {
              Spool events = folder.spool("image-" + names.incrementAndGet(), () -> {});
              ImageJob job = new ImageJob(work, events);
              try {
                return new Running(job, threads.submit(job));
              } catch (RejectedExecutionException stopping) {
                throw new AtollException(ErrorCode.UNAVAILABLE, "the server is stopping", stopping);
              }
            });
    found.followers++;
    return found;
  }

  private synchronized void leave(Object key, Running left) {
    left.followers--;
    if (left.followers == 0) {
      running.remove(key, left);
      left.future.cancel(true);
      left.job.discard();
    }
  }
}
