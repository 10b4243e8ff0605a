package dev.atoll.worker.task;

import dev.atoll.cells.CellHost;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.ImageStore;
import dev.atoll.protocol.worker.ListedTask;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.TaskSpec;
import dev.atoll.protocol.worker.TaskStarted;
import dev.atoll.worker.calls.Native;
import dev.atoll.worker.cell.CellClaimer;
import dev.atoll.worker.connect.ConnectHost;
import dev.atoll.worker.record.TaskFolder;
import dev.atoll.worker.record.TaskRecords;
import dev.atoll.worker.tunnel.TunnelHost;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every task of a worker, from its start until it is forgotten. Thread-safe. */
public final class Tasks implements AutoCloseable {
  /** By whom tasks are terminated when the worker stops. */
  public static final String STOPPING = "server stopping";

  private static final Logger log = LoggerFactory.getLogger(Tasks.class);
  private static final AtollException STOPPING_NOW =
      new AtollException(ErrorCode.UNAVAILABLE, "the server is stopping");
  private static final long STOP_MILLIS = 7_000;
  private static final long LAST_WORDS_MILLIS = 500;

  private final CellHost host;
  private final TaskRecords records;
  private final Task.Host shared;
  private final Native threads;
  private final int processLimit;
  private final TaskStarter starter;
  private final TaskResumer resumer;
  private final EndedFeed feed = new EndedFeed();
  private final Map<String, Task> tasks = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("atoll-task-timer").daemon().factory());
  private volatile boolean stopping;
  private volatile boolean handedOver;

  /** No task yet. */
  public Tasks(
      CellHost host,
      ImageStore images,
      CellClaimer claimer,
      TunnelHost tunnelHost,
      ConnectHost connectHost,
      TaskRecords records,
      long spoolBytes,
      Native threads,
      int processLimit) {
    this.host = host;
    this.records = records;
    this.shared = new Task.Host(spoolBytes, threads.releases(), feed::publish);
    this.threads = threads;
    this.processLimit = processLimit;
    timer.setRemoveOnCancelPolicy(true);
    this.starter = new TaskStarter(host, images, claimer, tunnelHost, connectHost, threads, timer);
    this.resumer =
        new TaskResumer(host, images, tunnelHost, connectHost, threads, timer, processLimit);
  }

  /**
   * Goes on with the tasks of a worker that has died or handed over, and remembers those that have
   * ended. To be called once, before anything else. Blocks until all cells have called, tenths of
   * seconds.
   *
   * @throws IOException when the records can't be read; nothing is lost then
   */
  public void resume() throws IOException, InterruptedException {
    List<Future<Optional<Task>>> resumed = new ArrayList<>();
    for (TaskFolder folder : records.all()) {
      resumed.add(threads.starts().submit(() -> resumer.resume(folder, shared)));
    }
    for (Future<Optional<Task>> one : resumed) {
      try {
        one.get().ifPresent(this::add);
      } catch (ExecutionException failure) {
        throw failure.getCause() instanceof IOException known
            ? known
            : new IOException("a task can't be taken back", failure.getCause());
      }
    }
  }

  private void add(Task task) {
    tasks.put(task.taskId(), task);
    if (task.ended().isDone()) {
      feed.publish(task.ended().join());
    }
  }

  /** Starts a task, or joins the start of the same id; returns when it runs. */
  public TaskStarted start(TaskSpec spec) throws InterruptedException {
    refuseWhenStopping();
    TaskSettings settings = TaskSettings.of(spec, processLimit);
    Task fresh = new Task(settings, records.folder(settings.taskId()), shared);
    Task task = Optional.ofNullable(tasks.putIfAbsent(settings.taskId(), fresh)).orElse(fresh);
    if (task == fresh) {
      threads.starts().execute(() -> starter.start(fresh, spec, settings));
      if (stopping) {
        fresh.end(new EndReason.Terminated(STOPPING));
      }
    }
    return await(task.started());
  }

  /** Every task that runs now. */
  public List<ListedTask> list() {
    return tasks.values().stream().flatMap(task -> task.report().stream()).toList();
  }

  /** Ends a task and returns when nothing of it runs any more. Ended tasks keep their end. */
  public TaskEnded terminate(String taskId, String by) throws InterruptedException {
    Task task = find(taskId);
    task.end(new EndReason.Terminated(by));
    return await(task.ended());
  }

  /** A task that was not forgotten; NOT_FOUND otherwise. */
  public Task find(String taskId) {
    return Optional.ofNullable(tasks.get(taskId))
        .orElseThrow(
            () -> AtollException.notFound("task '%s': this worker has no such task", taskId));
  }

  /** A task that runs; waits for a start that is under way. NOT_FOUND otherwise. */
  public RunningTask running(String taskId) throws InterruptedException {
    Task task = find(taskId);
    try {
      var _ = task.started().get();
    } catch (ExecutionException failed) {
      String why =
          Optional.ofNullable(failed.getCause()).map(Throwable::getMessage).orElse("unknown");
      throw AtollException.notFound("task '%s' could not be started: %s", taskId, why);
    }
    refuseWhenStopping();
    return task.running().orElseThrow(() -> ended(task));
  }

  /**
   * When a task was ready; waits for it.
   *
   * @throws AtollException FAILED_PRECONDITION when it has no readiness probe or ends before,
   *     DEADLINE_EXCEEDED when the time is over
   */
  public Instant awaitReady(String taskId, Duration patience) throws InterruptedException {
    return running(taskId)
        .readiness()
        .orElseThrow(
            () ->
                new AtollException(
                    ErrorCode.FAILED_PRECONDITION,
                    "the sandbox was created without a readiness probe: nothing tells when it is"
                        + " ready"))
        .await(patience)
        .orElseThrow(
            () ->
                new AtollException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the sandbox was not ready within %s ms".formatted(patience.toMillis())));
  }

  /**
   * A task whose execs can be asked how they ended: one that runs, or whose cell died under them
   * (it ran out of memory, say). NOT_FOUND otherwise. Waits for a start or an end that is under
   * way.
   */
  public Task withEnds(String taskId) throws InterruptedException {
    Task task = find(taskId);
    if (task.isOver() && EndReport.diedByItself(await(task.ended()))) {
      return task;
    }
    var _ = running(taskId);
    return task;
  }

  private static AtollException ended(Task task) {
    String why = task.ended().isDone() ? ": " + task.ended().join().getMessage() : "";
    return AtollException.notFound("task '%s' has ended%s", task.taskId(), why);
  }

  /** Drops an ended task's output and record; FAILED_PRECONDITION while it runs. */
  public void forget(String taskId) {
    Optional<Task> known = Optional.ofNullable(tasks.get(taskId));
    if (known.isEmpty()) {
      return;
    }
    if (!known.get().ended().isDone()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION, "task '%s' has not ended yet".formatted(taskId));
    }
    feed.forget(taskId);
    tasks.remove(taskId);
    known.get().main().discard();
    known.get().folder().forget();
  }

  /** Where ends are told. */
  public EndedFeed feed() {
    return feed;
  }

  /**
   * Leaves the tasks to the next worker: they run on. Streams that were being read end with
   * UNAVAILABLE. {@link #close} afterwards ends none. Blocks for milliseconds.
   */
  public void handOver() {
    stopping = true;
    records.close();
    timer.shutdownNow();
    // Before the streams end: what the cells say from now on is for the next worker.
    host.handOver();
    handedOver = true;
    tasks.values().forEach(task -> task.abandon(STOPPING_NOW));
    try {
      feed.close(LAST_WORDS_MILLIS);
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends every task with cause TERMINATED by {@value #STOPPING}, and tells the watchers. Streams
   * that were being read end with UNAVAILABLE. Blocks for at most 8 seconds.
   */
  @Override
  public void close() {
    stopping = true;
    if (handedOver) {
      return;
    }
    List<CompletableFuture<TaskEnded>> ends = new ArrayList<>();
    for (Task task : tasks.values()) {
      task.abandon(STOPPING_NOW);
      task.end(new EndReason.Terminated(STOPPING));
      ends.add(task.ended());
    }
    try {
      CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
          .get(STOP_MILLIS, TimeUnit.MILLISECONDS);
      feed.close(LAST_WORDS_MILLIS);
    } catch (TimeoutException late) {
      log.warn("some tasks did not end in time; the next start removes what is left of them");
    } catch (ExecutionException defect) {
      log.error("a task could not be ended", defect);
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
    timer.shutdownNow();
  }

  private void refuseWhenStopping() {
    if (stopping) {
      throw STOPPING_NOW;
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof AtollException expected) {
        throw expected;
      }
      throw new IllegalStateException(failure);
    }
  }
}
