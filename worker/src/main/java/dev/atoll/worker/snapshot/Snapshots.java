package dev.atoll.worker.snapshot;

import dev.atoll.cells.CellEndedException;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.worker.Snapshot;
import dev.atoll.worker.TaskImages;
import dev.atoll.worker.calls.DiskFull;
import dev.atoll.worker.calls.Native;
import dev.atoll.worker.task.RunningTask;
import dev.atoll.worker.task.Tasks;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes images of what tasks have written. Thread-safe. */
public final class Snapshots {
  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

  private final Tasks tasks;
  private final TaskImages images;
  private final Native threads;

  /** Snapshots of a worker's tasks. */
  public Snapshots(Tasks tasks, TaskImages images, Native threads) {
    this.tasks = tasks;
    this.images = images;
    this.threads = threads;
  }

  /**
   * The id of the image of a task's whole root file system. Repeated with the same snapshot id, and
   * while another call with it is under way, it gives the same image. Blocks; an interruption ends
   * the work, and leaves nothing half-made.
   *
   * @throws AtollException NOT_FOUND when the task doesn't run, FAILED_PRECONDITION when it ends
   *     meanwhile, RESOURCE_EXHAUSTED when the disk is full or too much was written
   */
  public String filesystem(Snapshot snapshot) throws Exception {
    return make(snapshot, RunningTask::snapshot);
  }

  /**
   * The id of an image whose root is a folder of a task's; otherwise as {@link #filesystem}.
   *
   * @param path absolute; resolved inside
   * @throws AtollException also NOT_FOUND when there is no such folder, INVALID_ARGUMENT when it is
   *     no folder or none of the task's own
   */
  public String directory(Snapshot snapshot, String path) throws Exception {
    return make(snapshot, task -> task.snapshotDirectory(path));
  }

  private interface Work {
    Image make(RunningTask task) throws IOException, InterruptedException;
  }

  private String make(Snapshot snapshot, Work work) throws Exception {
    RunningTask task = tasks.running(snapshot.taskId());
    try {
      return Native.call(threads.snapshots(), () -> make(task, snapshot, work));
    } catch (IOException failure) {
      if (threads.snapshots().isShutdown()) {
        throw new AtollException(ErrorCode.UNAVAILABLE, "the server is stopping", failure);
      }
      throw explain(snapshot, task, failure);
    }
  }

  private String make(RunningTask task, Snapshot snapshot, Work work)
      throws IOException, InterruptedException {
    task.snapshots().lockInterruptibly();
    try {
      Optional<String> before = images.find(snapshot);
      return before.isPresent()
          ? before.get()
          : images.add(snapshot, work.make(task).digest().value());
    } finally {
      task.snapshots().unlock();
    }
  }

  private static AtollException explain(Snapshot snapshot, RunningTask task, IOException failure) {
    if (failure instanceof CellEndedException || task.isOver()) {
      return new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "task '%s' ended while its snapshot was made".formatted(snapshot.taskId()),
          failure);
    }
    Optional<AtollException> full = DiskFull.explain(failure);
    if (full.isPresent()) {
      return full.get();
    }
    log.error("no snapshot of task {}", snapshot.taskId(), failure);
    return new AtollException(
        ErrorCode.INTERNAL,
        "the files of task '%s' could not be copied on this host; the worker's log has the details"
            .formatted(snapshot.taskId()),
        failure);
  }
}
