package dev.atoll.control.sandboxes;

import dev.atoll.control.store.Database;
import dev.atoll.control.store.PendingStartTable;
import dev.atoll.control.store.SandboxRow;
import dev.atoll.control.store.SandboxTable;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.worker.EndCause;
import dev.atoll.protocol.worker.ListedTask;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.TaskSpec;
import dev.atoll.protocol.worker.TaskStarted;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server that starts makes of the sandboxes of the one before, which died or handed over.
 * The store knows which were wanted, the worker which run and how others ended. Used once.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final Database database;
  private final WorkerClient worker;
  private final Lifecycle lifecycle;
  private int takenBack;
  private int startedAgain;
  private int ended;
  private int lost;

  Recovery(Database database, WorkerClient worker, Lifecycle lifecycle) {
    this.database = database;
    this.worker = worker;
    this.lifecycle = lifecycle;
  }

  /** Returns when every sandbox of the store is what it shall be. */
  void run() {
    Map<String, TaskStarted> running = new HashMap<>();
    for (ListedTask task : worker.listTasks()) {
      running.put(task.getTaskId(), task.getStarted());
    }
    for (SandboxRow row : database.read(SandboxTable::live)) {
      Optional<TaskStarted> started = Optional.ofNullable(running.remove(row.taskId()));
      if (started.isPresent()) {
        lifecycle.adopt(row, started.get());
        takenBack++;
      } else {
        recover(row);
      }
    }
    running.keySet().forEach(this::endUnwanted);
    if (takenBack + startedAgain + ended + lost > 0) {
      LOG.info(
          "sandboxes of the server before: {} taken back, {} started again, {} had ended, {} lost",
          takenBack,
          startedAgain,
          ended,
          lost);
    }
  }

  private void recover(SandboxRow row) {
    Optional<TaskEnded> end = endOf(row);
    if (end.isPresent()) {
      lifecycle.record(end.get());
      ended++;
      return;
    }
    Optional<TaskSpec> task =
        row.state() == SandboxTable.State.STARTING
            ? database.read(handle -> PendingStartTable.find(handle, row.sandboxId()))
            : Optional.empty();
    if (task.isPresent()) {
      lifecycle.beginAgain(row, task.get());
      startedAgain++;
    } else {
      lifecycle.record(
          Lifecycle.now(row.taskId(), EndCause.WORKER_LOST)
              .setMessage(
                  "the sandbox was lost: it ran under a server that stopped without ending it, and"
                      + " did not run any more when the next one started")
              .build());
      lost++;
    }
  }

  /** The end of a task that doesn't run, if the worker knows it. */
  private Optional<TaskEnded> endOf(SandboxRow row) {
    try {
      return Optional.of(worker.terminateTask(row.taskId(), "server"));
    } catch (AtollException failure) {
      if (failure.code() == ErrorCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** Nobody can ask for it: its sandbox has ended in the store, or is not there at all. */
  private void endUnwanted(String taskId) {
    LOG.warn("task {} runs, but no sandbox of the store needs it: it is ended", taskId);
    Thread.ofVirtual()
        .name("end-" + taskId)
        .start(
            () -> {
              try {
                worker.terminateTask(taskId, "server");
              } catch (AtollException failure) {
                LOG.warn("task {} can't be ended: {}", taskId, failure.getMessage());
              }
            });
  }
}
