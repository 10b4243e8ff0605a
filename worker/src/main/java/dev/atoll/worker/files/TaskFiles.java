package dev.atoll.worker.files;

import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.ContainerFilesystemExecResponse;
import dev.atoll.worker.process.TaskProcess;
import dev.atoll.worker.spool.SpoolFolder;
import dev.atoll.worker.task.RunningTask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * The open files of one task, by their descriptors. How many there are, and how much waits to be
 * written, is bounded: a call waits for its turn. Thread-safe.
 */
final class TaskFiles {
  /** Each is a process in the sandbox, of 1,024 that the guest agent knows at once. */
  static final int MOST_OPEN = 256;

  private static final int MOST_SHARES = 512;
  private static final int SHARE_BYTES = 256 << 10;
  private static final long PIPE_BYTES = 4L << 20;
  private static final int SHOWN_CHARACTERS = 200;

  private final String taskId;
  private final RunningTask task;
  private final SpoolFolder pipes;
  private final Outcomes outcomes;
  private final Semaphore shares = new Semaphore(MOST_SHARES, true);
  private final Map<String, OpenFile> files = new HashMap<>();
  private boolean closed;
  private long next = 1;

  TaskFiles(String taskId, RunningTask task, SpoolFolder folder) {
    this.taskId = taskId;
    this.task = task;
    this.pipes = folder.withLimit(PIPE_BYTES);
    this.outcomes = new Outcomes(folder.withLimit(FileAccess.MOST_READ_BYTES + PIPE_BYTES), taskId);
  }

  /** Opens a file, and gives it a descriptor that is of use once the operation has succeeded. */
  ContainerFilesystemExecResponse open(String path, String mode) throws InterruptedException {
    Operation operation = begin(0);
    String descriptor;
    Optional<OpenFile> file;
    synchronized (this) {
      if (closed) {
        throw ended();
      }
      descriptor = "file-" + next++;
      file = files.size() < MOST_OPEN ? file(descriptor, path, mode) : Optional.empty();
    }
    if (file.isPresent()) {
      file.get().open(operation);
    } else {
      operation.fail(
          new FileException(
              Errno.code(Errno.EMFILE),
              "open %s: %d files are open in this sandbox, the most there can be; close one"
                  .formatted(quoted(path), MOST_OPEN)));
    }
    return answer(operation).setFileDescriptor(descriptor).build();
  }

  /**
   * Does something with an open file.
   *
   * @param bytes how many the work holds until it is done
   */
  ContainerFilesystemExecResponse run(String descriptor, int bytes, OpenFile.Work work)
      throws InterruptedException {
    Operation operation = begin(bytes);
    Optional<OpenFile> file;
    synchronized (this) {
      file = Optional.ofNullable(files.get(descriptor));
    }
    file.ifPresentOrElse(
        open -> open.run(operation, work), () -> operation.fail(notOpen(descriptor)));
    return answer(operation).build();
  }

  /** Closes an open file: its descriptor is of no use from now on. */
  ContainerFilesystemExecResponse close(String descriptor) throws InterruptedException {
    Operation operation = begin(0);
    Optional<OpenFile> file;
    synchronized (this) {
      file = Optional.ofNullable(files.remove(descriptor));
    }
    file.ifPresentOrElse(open -> open.close(operation), () -> operation.fail(notOpen(descriptor)));
    return answer(operation).build();
  }

  /** An operation whose outcome is still kept; NOT_FOUND otherwise. */
  Operation find(String operationId) {
    return outcomes.find(operationId);
  }

  /** The task is over: so are its files, and who waits for them hears it. */
  void close() {
    List<OpenFile> open;
    synchronized (this) {
      closed = true;
      open = new ArrayList<>(files.values());
    }
    outcomes.close(ended());
    open.forEach(OpenFile::abandon);
  }

  /** Waits until there is room for one more operation. It counts as activity until it is over. */
  private Operation begin(int bytes) throws InterruptedException {
    int share = Math.min(1 + bytes / SHARE_BYTES, MOST_SHARES);
    shares.acquire(share);
    Operation operation;
    try {
      operation = outcomes.add();
    } catch (AtollException over) {
      shares.release(share);
      throw over;
    }
    task.idle().hold();
    operation.whenOver(
        () -> {
          task.idle().release();
          shares.release(share);
        });
    return operation;
  }

  private Optional<OpenFile> file(String descriptor, String path, String mode) {
    OpenFile file =
        new OpenFile(
            quoted(path),
            new TaskProcess(pipes, taskId + "-" + descriptor),
            listener -> task.openFile(path, mode, listener),
            () -> forget(descriptor));
    files.put(descriptor, file);
    return Optional.of(file);
  }

  private synchronized void forget(String descriptor) {
    files.remove(descriptor);
  }

  private AtollException ended() {
    return AtollException.notFound("task '%s' has ended", taskId);
  }

  private static ContainerFilesystemExecResponse.Builder answer(Operation operation) {
    return ContainerFilesystemExecResponse.newBuilder().setExecId(operation.id());
  }

  private static FileException notOpen(String descriptor) {
    return new FileException(
        Errno.code(Errno.EINVAL),
        "file_descriptor %s is not open: the file was closed, or never opened"
            .formatted(quoted(descriptor)));
  }

  private static String quoted(String text) {
    return "'"
        + (text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…")
        + "'";
  }
}
