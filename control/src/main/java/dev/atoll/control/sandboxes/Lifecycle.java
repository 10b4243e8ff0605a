package dev.atoll.control.sandboxes;

import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.SandboxRow;
import dev.atoll.control.store.SandboxTable;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.worker.EndCause;
import dev.atoll.protocol.worker.StartBreakdown;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.TaskSpec;
import dev.atoll.protocol.worker.TaskStarted;
import io.grpc.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts tasks and hears of their ends. The worker's word counts; of two ends the first one does.
 * Thread-safe.
 */
final class Lifecycle implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
  private static final Duration WATCH_AGAIN = Duration.ofMillis(200);

  private final Database database;
  private final WorkerClient worker;
  private final Map<String, LiveSandbox> bySandbox = new ConcurrentHashMap<>();
  private final Map<String, LiveSandbox> byTask = new ConcurrentHashMap<>();
  private final Context.CancellableContext context = Context.ROOT.withCancellation();
  private volatile boolean closing;

  Lifecycle(Database database, WorkerClient worker) {
    this.database = database;
    this.worker = worker;
  }

  /** Ends what a dead server left behind, then hears of ends until it is closed. */
  void open() {
    for (SandboxRow row : database.read(SandboxTable::live)) {
      record(endOfLost(row));
    }
    Thread.ofVirtual().name("watch-tasks").start(context.wrap(this::watch));
  }

  /** A sandbox that has not ended. */
  Optional<LiveSandbox> live(String sandboxId) {
    return Optional.ofNullable(bySandbox.get(sandboxId));
  }

  /** Whether new sandboxes are refused because the server stops. */
  boolean isClosing() {
    return closing;
  }

  /** Starts a stored sandbox's task in the background. */
  LiveSandbox begin(String sandboxId, TaskSpec task) {
    LiveSandbox live = new LiveSandbox(sandboxId, task);
    byTask.put(task.getTaskId(), live);
    bySandbox.put(sandboxId, live);
    Thread.ofVirtual().name("start-" + sandboxId).start(context.wrap(() -> start(live)));
    return live;
  }

  /** Ends a sandbox and returns when its end is recorded. */
  void end(LiveSandbox live, String terminatedBy) {
    if (!live.askEnd()) {
      ended(terminated(live.task().getTaskId(), terminatedBy));
      return;
    }
    try {
      ended(worker.terminateTask(live.task().getTaskId(), terminatedBy));
    } catch (AtollException failure) {
      if (failure.code() != ErrorCode.NOT_FOUND) {
        throw failure;
      }
      endUnknown(live, terminatedBy);
    }
  }

  /** Ends every sandbox, as many at once as there are; returns when all ends are recorded. */
  void endAll(String terminatedBy, Duration patience) {
    closing = true;
    List<CompletableFuture<Void>> ends =
        List.copyOf(bySandbox.values()).stream()
            .map(
                live ->
                    CompletableFuture.runAsync(
                        () -> endQuietly(live, terminatedBy), r -> Thread.ofVirtual().start(r)))
            .toList();
    try {
      CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      LOG.warn("{} sandboxes did not end within {} s", bySandbox.size(), patience.toSeconds());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException impossible) {
      LOG.error("ending all sandboxes failed", impossible);
    }
  }

  @Override
  public void close() {
    closing = true;
    context.cancel(null);
  }

  private void start(LiveSandbox live) {
    if (!live.mayStart()) {
      return;
    }
    try {
      TaskStarted started = worker.startTask(live.task());
      running(live.sandboxId(), started);
      live.runs(started.getTunnelsList());
    } catch (AtollException failure) {
      ended(endOfFailedStart(live.task().getTaskId(), failure));
    } catch (RuntimeException defect) {
      LOG.error("starting {} failed unexpectedly", live.sandboxId(), defect);
      ended(
          failedToStart(
              live.task().getTaskId(),
              new AtollException(ErrorCode.INTERNAL, "unexpected failure in the server")));
    }
  }

  private void running(String sandboxId, TaskStarted started) {
    SandboxRow.Start start =
        new SandboxRow.Start(
            Clock.now(),
            started.getTier(),
            started.getRuntime(),
            StartBreakdowns.toJson(started.getBreakdown()));
    database.write(
        handle -> {
          SandboxTable.running(handle, sandboxId, start);
          return true;
        });
    StartBreakdown breakdown = started.getBreakdown();
    LOG.info(
        "{} runs ({} us: image {}, {} cell {}, root {}, claim {}, exec {})",
        sandboxId,
        breakdown.getImageMicros()
            + breakdown.getCellMicros()
            + breakdown.getRootFilesystemMicros()
            + breakdown.getClaimMicros()
            + breakdown.getExecMicros(),
        breakdown.getImageMicros(),
        breakdown.getPooled() ? "waiting" : "booted",
        breakdown.getCellMicros(),
        breakdown.getRootFilesystemMicros(),
        breakdown.getClaimMicros(),
        breakdown.getExecMicros());
  }

  private void watch() {
    while (!context.isCancelled()) {
      try {
        worker.watchTasks(this::ended);
      } catch (AtollException failure) {
        if (!closing) {
          LOG.warn("the worker's stream of ends broke ({}); asking again", failure.getMessage());
        }
      }
      try {
        Thread.sleep(WATCH_AGAIN);
      } catch (InterruptedException interrupted) {
        return;
      }
    }
  }

  private void ended(TaskEnded end) {
    Optional<LiveSandbox> live = Optional.ofNullable(byTask.get(end.getTaskId()));
    if (live.isEmpty()) {
      record(end);
      return;
    }
    if (!live.get().claimEnd()) {
      live.get().ended().join();
      return;
    }
    try {
      record(end);
    } catch (RuntimeException failure) {
      LOG.error("the end of {} can't be stored", live.get().sandboxId(), failure);
    }
    LOG.info("{} ended: {} {}", live.get().sandboxId(), end.getCause(), end.getMessage());
    bySandbox.remove(live.get().sandboxId());
    byTask.remove(end.getTaskId());
    live.get().started().complete(false);
    live.get().ended().complete(end);
  }

  private void record(TaskEnded end) {
    database.write(
        handle -> {
          SandboxTable.ended(handle, end);
          return true;
        });
  }

  private void endQuietly(LiveSandbox live, String terminatedBy) {
    try {
      end(live, terminatedBy);
    } catch (AtollException failure) {
      LOG.warn("{} can't be ended: {}", live.sandboxId(), failure.getMessage());
    }
  }

  /**
   * The worker was asked to start the task but doesn't know it: the request is still on its way.
   */
  private void endUnknown(LiveSandbox live, String terminatedBy) {
    if (live.started().join()) {
      ended(worker.terminateTask(live.task().getTaskId(), terminatedBy));
    }
  }

  private TaskEnded endOfLost(SandboxRow row) {
    try {
      return worker.terminateTask(row.taskId(), "server stopping");
    } catch (AtollException unknown) {
      return now(row.taskId(), EndCause.WORKER_LOST)
          .setMessage("the server that ran this sandbox stopped without ending it")
          .build();
    }
  }

  /** The worker knows why, unless it has never heard of the task. */
  private TaskEnded endOfFailedStart(String taskId, AtollException failure) {
    try {
      return worker.terminateTask(taskId, "server");
    } catch (AtollException unknown) {
      return failedToStart(taskId, failure);
    }
  }

  private static TaskEnded terminated(String taskId, String terminatedBy) {
    return now(taskId, EndCause.TERMINATED).setTerminatedBy(terminatedBy).build();
  }

  private TaskEnded failedToStart(String taskId, AtollException failure) {
    if (closing) {
      return terminated(taskId, "server stopping");
    }
    boolean userError =
        failure.code() == ErrorCode.INVALID_ARGUMENT || failure.code() == ErrorCode.NOT_FOUND;
    return now(taskId, EndCause.FAILED_TO_START)
        .setMessage(Optional.ofNullable(failure.getMessage()).orElse(""))
        .setUserError(userError)
        .build();
  }

  private static TaskEnded.Builder now(String taskId, EndCause cause) {
    return TaskEnded.newBuilder()
        .setTaskId(taskId)
        .setCause(cause)
        .setEndedAt(Clock.seconds(Clock.now()));
  }
}
