package dev.atoll.control.sandboxes;

import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.PendingStartTable;
import dev.atoll.control.store.SandboxRow;
import dev.atoll.control.store.SandboxTable;
import dev.atoll.control.store.StdinPositionTable;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.worker.EndCause;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.TaskSpec;
import dev.atoll.protocol.worker.TaskStarted;
import io.grpc.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
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
  private final Admission admission;
  private final SandboxMetrics metrics;
  private final Map<String, LiveSandbox> bySandbox = new ConcurrentHashMap<>();
  private final Map<String, LiveSandbox> byTask = new ConcurrentHashMap<>();
  private final Context.CancellableContext context = Context.ROOT.withCancellation();
  private volatile boolean closing;
  private volatile boolean handedOver;

  Lifecycle(Database database, WorkerClient worker, Admission admission, SandboxMetrics metrics) {
    this.database = database;
    this.worker = worker;
    this.admission = admission;
    this.metrics = metrics;
  }

  /**
   * Takes back what runs of a server that died or handed over, goes on with what that one was
   * starting, and then hears of ends until it is closed.
   */
  void open() {
    new Recovery(database, worker, this).run();
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

  /** How many sandboxes have not ended. */
  int count() {
    return bySandbox.size();
  }

  /** Starts the task of a sandbox that was stored by a server before. */
  void beginAgain(SandboxRow row, TaskSpec task) {
    begin(row, task, placeOf(row), System.nanoTime());
  }

  private Admission.Place placeOf(SandboxRow row) {
    return admission.take(AdmissionRules.Demand.of(SandboxSpec.fromJson(row.spec())));
  }

  /**
   * Starts a stored sandbox's task in the background. It leaves its place when it ends.
   *
   * @param arrivedNanos when its create came, {@link System#nanoTime}
   */
  void begin(SandboxRow row, TaskSpec task, Admission.Place place, long arrivedNanos) {
    LiveSandbox live = add(row, StdinPositionTable.BEGIN, place, arrivedNanos);
    Thread.ofVirtual()
        .name("start-" + row.sandboxId())
        .start(context.wrap(() -> start(row, live, task)));
  }

  /** Takes back a stored sandbox whose task runs. */
  void adopt(SandboxRow row, TaskStarted started) {
    LiveSandbox live =
        add(
            row,
            database.read(handle -> StdinPositionTable.find(handle, row.sandboxId())),
            placeOf(row),
            System.nanoTime());
    if (row.state() == SandboxTable.State.STARTING) {
      running(row.sandboxId(), started);
    }
    live.mayStart();
    live.runs(started.getTunnelsList());
  }

  private LiveSandbox add(
      SandboxRow row,
      StdinPositionTable.Position position,
      Admission.Place place,
      long arrivedNanos) {
    StdinCursor stdin =
        new StdinCursor(
            position,
            next ->
                database.write(
                    handle -> {
                      StdinPositionTable.put(handle, row.sandboxId(), next);
                      return true;
                    }));
    LiveSandbox live = new LiveSandbox(row.sandboxId(), row.taskId(), stdin, place, arrivedNanos);
    byTask.put(row.taskId(), live);
    bySandbox.put(row.sandboxId(), live);
    return live;
  }

  /** Ends a sandbox and returns when its end is recorded. */
  void end(LiveSandbox live, String terminatedBy) {
    if (!live.askEnd()) {
      ended(terminated(live.taskId(), terminatedBy));
      return;
    }
    try {
      ended(worker.terminateTask(live.taskId(), terminatedBy));
    } catch (AtollException failure) {
      if (failure.code() != ErrorCode.NOT_FOUND) {
        throw failure;
      }
      endUnknown(live, terminatedBy);
    }
  }

  /**
   * Takes no new sandboxes and ends every one, as many at once as there are.
   *
   * @return completes when all ends are recorded
   */
  CompletableFuture<Void> endAll(String terminatedBy) {
    closing = true;
    admission.close();
    return CompletableFuture.allOf(
        List.copyOf(bySandbox.values()).stream()
            .map(
                live ->
                    CompletableFuture.runAsync(
                        () -> endQuietly(live, terminatedBy), r -> Thread.ofVirtual().start(r)))
            .toArray(CompletableFuture[]::new));
  }

  /**
   * Leaves everything that runs, or is being started, to the next server. Whoever waits for one of
   * them is told to ask again.
   *
   * @return how many there are
   */
  int handOver() {
    handedOver = true;
    close();
    AtollException reason =
        new AtollException(
            ErrorCode.UNAVAILABLE,
            "the server stops and leaves its sandboxes to the next one: ask that");
    List<LiveSandbox> left = List.copyOf(bySandbox.values());
    left.forEach(live -> live.abandon(reason));
    return left.size();
  }

  @Override
  public void close() {
    closing = true;
    admission.close();
    context.cancel(null);
  }

  private void start(SandboxRow row, LiveSandbox live, TaskSpec task) {
    if (!live.mayStart()) {
      return;
    }
    long placed = live.micros();
    try {
      TaskStarted.Builder answer = worker.startTask(task).toBuilder();
      answer.getBreakdownBuilder().setPlacedMicros(placed).setReadyMicros(live.micros());
      TaskStarted started = answer.build();
      String breakdown = running(live.sandboxId(), started);
      live.runs(started.getTunnelsList(), breakdown);
      metrics.started(started.getBreakdown());
      SandboxLog.runs(row, started.getBreakdown());
    } catch (AtollException failure) {
      if (!handedOver) {
        ended(endOfFailedStart(live.taskId(), failure));
      }
    } catch (RuntimeException defect) {
      if (handedOver) {
        return; // The store is closed already: the next server finds the task, or starts it.
      }
      LOG.error("starting {} failed unexpectedly", live.sandboxId(), defect);
      ended(
          failedToStart(
              live.taskId(),
              new AtollException(ErrorCode.INTERNAL, "unexpected failure in the server")));
    }
  }

  /** Stores that it runs, and gives where the time of its start went, as stored. */
  private String running(String sandboxId, TaskStarted started) {
    String breakdown = StartBreakdowns.toJson(started.getBreakdown());
    SandboxRow.Start start =
        new SandboxRow.Start(Clock.now(), started.getTier(), started.getRuntime(), breakdown);
    database.writeAtLast(
        handle -> {
          SandboxTable.running(handle, sandboxId, start);
          PendingStartTable.delete(handle, sandboxId);
          return true;
        });
    return breakdown;
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
      endedBefore(end);
      return;
    }
    if (!live.get().claimEnd()) {
      await(live.get().ended());
      return;
    }
    try {
      record(end);
    } catch (RuntimeException failure) {
      LOG.error("the end of {} can't be stored", live.get().sandboxId(), failure);
    }
    bySandbox.remove(live.get().sandboxId());
    byTask.remove(end.getTaskId());
    live.get().place().leave();
    live.get().started().complete(false);
    live.get().ended().complete(end);
  }

  /** An end that the worker tells again, or that of a sandbox whose record is gone. */
  private void endedBefore(TaskEnded end) {
    Optional<SandboxRow> row =
        database.read(handle -> SandboxTable.byTask(handle, end.getTaskId()));
    if (row.isEmpty()) {
      worker.forgetTask(end.getTaskId());
    } else if (row.get().end().isEmpty()) {
      record(end);
    }
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException abandoned) {
      throw abandoned.getCause() instanceof AtollException reason ? reason : abandoned;
    }
  }

  /** Stores an end; the first one counts. */
  void record(TaskEnded end) {
    Optional<SandboxRow> row =
        database.writeAtLast(
            handle -> {
              SandboxTable.ended(handle, end);
              Optional<SandboxRow> found = SandboxTable.byTask(handle, end.getTaskId());
              found.ifPresent(
                  ended -> {
                    PendingStartTable.delete(handle, ended.sandboxId());
                    StdinPositionTable.delete(handle, ended.sandboxId());
                  });
              return found;
            });
    metrics.ended(end.getCause());
    row.ifPresent(ended -> SandboxLog.ended(ended, end));
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
    if (await(live.started())) {
      ended(worker.terminateTask(live.taskId(), terminatedBy));
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

  static TaskEnded.Builder now(String taskId, EndCause cause) {
    return TaskEnded.newBuilder()
        .setTaskId(taskId)
        .setCause(cause)
        .setEndedAt(Clock.seconds(Clock.now()));
  }
}
