package dev.atoll.worker.snapshot;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.linux.Errno;
import dev.atoll.linux.LinuxException;
import dev.atoll.worker.Snapshot;
import dev.atoll.worker.SnapshotImages;
import dev.atoll.worker.calls.Native;
import dev.atoll.worker.task.RunningTask;
import dev.atoll.worker.task.Tasks;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes images of what tasks have written. Thread-safe. */
public final class Snapshots {
  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

  private final Tasks tasks;
  private final SnapshotImages images;
  private final Native threads;

  /** Snapshots of a worker's tasks. */
  public Snapshots(Tasks tasks, SnapshotImages images, Native threads) {
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
    RunningTask task = tasks.running(snapshot.taskId());
    try {
      return Native.call(threads.snapshots(), () -> make(task, snapshot));
    } catch (IOException failure) {
      throw explain(snapshot, task, failure);
    }
  }

  private String make(RunningTask task, Snapshot snapshot)
      throws IOException, InterruptedException {
    task.snapshots().lockInterruptibly();
    try {
      Optional<String> before = images.find(snapshot);
      return before.isPresent()
          ? before.get()
          : images.add(snapshot, task.snapshot().digest().value());
    } finally {
      task.snapshots().unlock();
    }
  }

  private static AtollException explain(Snapshot snapshot, RunningTask task, IOException failure) {
    if (task.isOver()) {
      return new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "task '%s' ended while its snapshot was made".formatted(snapshot.taskId()),
          failure);
    }
    if (isDiskFull(failure)) {
      return new AtollException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "the server's disk is full: remove images or end sandboxes, then ask again",
          failure);
    }
    log.error("no snapshot of task {}", snapshot.taskId(), failure);
    return new AtollException(
        ErrorCode.INTERNAL,
        "the files of task '%s' could not be copied on this host; the worker's log has the details"
            .formatted(snapshot.taskId()),
        failure);
  }

  private static boolean isDiskFull(IOException failure) {
    return switch (failure) {
      case LinuxException call -> call.errno() == Errno.ENOSPC || call.errno() == Errno.EDQUOT;
      case FileSystemException file -> String.valueOf(file.getReason()).startsWith("No space left");
      default -> String.valueOf(failure.getMessage()).startsWith("No space left");
    };
  }
}
