package dev.atoll.worker.task;

import dev.atoll.cells.CellEnd;
import dev.atoll.cells.ResourceUsage;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.worker.ListedTask;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.TaskStarted;
import dev.atoll.worker.cell.ClaimedCell;
import dev.atoll.worker.mount.TaskMounts;
import dev.atoll.worker.process.TaskProcess;
import dev.atoll.worker.readiness.Readiness;
import dev.atoll.worker.record.TaskFolder;
import dev.atoll.worker.spool.SpoolFolder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a sandbox. Its state moves one way: starting, running, ending, ended, where any of the
 * first two may be left for <em>ending</em>. The first reason to end wins; then everything of the
 * task is released, and only after that it has <em>ended</em>. While a start is under way its
 * thread owns the cell, so an end waits for it. Thread-safe.
 */
public final class Task {
  private static final Logger log = LoggerFactory.getLogger(Task.class);

  private final TaskFolder folder;
  private final Host host;
  private final TaskProcess main;
  private final Execs execs;
  private final CompletableFuture<TaskStarted> started = new CompletableFuture<>();
  private final CompletableFuture<TaskEnded> ended = new CompletableFuture<>();
  private State state = new State.Starting(Optional.empty());

  private sealed interface State {
    /** The start is under way; if a reason is there, it is about to be given up. */
    record Starting(Optional<EndReason> reason) implements State {}

    /** It runs. */
    record Running(RunningTask task) implements State {}

    /** It is being released. */
    record Ending() implements State {}

    /** Nothing of it is left but its record and the output of its main process. */
    record Ended() implements State {}
  }

  /**
   * What tasks share.
   *
   * @param spoolBytes how much of each stream is kept
   * @param releases where what they were is released
   * @param onEnded hears of their ends
   */
  record Host(long spoolBytes, ExecutorService releases, Consumer<TaskEnded> onEnded) {}

  /** A task that is about to start. */
  Task(TaskSettings settings, TaskFolder folder, Host host) {
    this(folder, host, main(settings, folder, folder.mainSpools(host.spoolBytes())));
  }

  /** A task that a worker which died has started. */
  Task(TaskFolder folder, Host host, TaskProcess main) {
    this.folder = folder;
    this.host = host;
    this.main = main;
    this.execs = new Execs(folder, folder.spools(host.spoolBytes()));
  }

  /** A task that has ended before this worker began. */
  static Task ended(TaskFolder folder, Host host, TaskProcess main, TaskEnded end) {
    Task task = new Task(folder, host, main);
    task.state = new State.Ended();
    task.started.completeExceptionally(task.neverRan(end));
    task.ended.complete(end);
    return task;
  }

  private static TaskProcess main(TaskSettings settings, TaskFolder folder, SpoolFolder spools) {
    return new TaskProcess(
        spools,
        TaskFolder.MAIN,
        new RecordedProcess(
            folder.process(TaskFolder.MAIN),
            RecordedProcess.of("", ExecRequest.main(settings, List.of()), spools.limit())));
  }

  String taskId() {
    return folder.taskId();
  }

  /** What is kept of it. */
  TaskFolder folder() {
    return folder;
  }

  /** The main process; it exists, with empty output, in an idle task too. */
  public TaskProcess main() {
    return main;
  }

  /** Its execs; of use while it runs. */
  public Execs execs() {
    return execs;
  }

  /** Completes when it runs, or with the reason why it never will. */
  CompletableFuture<TaskStarted> started() {
    return started.copy();
  }

  /** Completes when it has ended and everything is released. */
  CompletableFuture<TaskEnded> ended() {
    return ended.copy();
  }

  /** What it runs as; empty before and after. */
  synchronized Optional<RunningTask> running() {
    return state instanceof State.Running running ? Optional.of(running.task()) : Optional.empty();
  }

  /** What is told of it while it runs; empty before and after. */
  Optional<ListedTask> report() {
    return running().isPresent() && started.isDone() && !started.isCompletedExceptionally()
        ? Optional.of(
            ListedTask.newBuilder().setTaskId(taskId()).setStarted(started.join()).build())
        : Optional.empty();
  }

  /** Whether its end has begun, or is done. */
  synchronized boolean isOver() {
    return state instanceof State.Ending || state instanceof State.Ended;
  }

  synchronized boolean isWanted() {
    return !(state instanceof State.Starting starting) || starting.reason().isEmpty();
  }

  /** Ends it for a reason; without effect when it has another already. Returns at once. */
  void end(EndReason reason) {
    RunningTask running;
    synchronized (this) {
      switch (state) {
        case State.Starting starting -> {
          state = new State.Starting(Optional.of(starting.reason().orElse(reason)));
          return;
        }
        case State.Running now -> {
          running = now.task();
          state = new State.Ending();
        }
        case State.Ending _, State.Ended _ -> {
          return;
        }
      }
    }
    host.releases().execute(() -> release(reason, running));
  }

  /**
   * Called by the start when everything runs. When the task was ended meanwhile, it is released.
   */
  void run(RunningTask task, TaskStarted report) {
    Optional<EndReason> reason;
    synchronized (this) {
      reason = reasonToStop();
      state = reason.isPresent() ? new State.Ending() : new State.Running(task);
    }
    if (reason.isPresent()) {
      release(reason.get(), task);
      started.completeExceptionally(neverRan(reason.get()));
    } else {
      started.complete(report);
    }
  }

  /** Called by the start when it failed. */
  void fail(AtollException why, Optional<ClaimedCell> claimed) {
    EndReason reason;
    synchronized (this) {
      reason = reasonToStop().orElseGet(() -> new EndReason.FailedToStart(why));
      state = new State.Ending();
    }
    release(reason, claimed, Optional.empty());
    started.completeExceptionally(
        reason instanceof EndReason.FailedToStart ? why : neverRan(reason));
  }

  /** Gives up what waits for output or for the end of a process: the worker is stopping. */
  void abandon(AtollException reason) {
    execs.abandon(reason);
    main.abandon(reason);
  }

  private Optional<EndReason> reasonToStop() {
    return state instanceof State.Starting starting ? starting.reason() : Optional.empty();
  }

  /** Called instead of {@link #run} when nothing of a task that ran is left. */
  void lose() {
    synchronized (this) {
      state = new State.Ending();
    }
    release(new EndReason.Lost(), Optional.empty(), Optional.empty());
    started.completeExceptionally(neverRan(new EndReason.Lost()));
  }

  private AtollException neverRan(EndReason reason) {
    return neverRan(EndReport.of(taskId(), reason, Optional.empty()));
  }

  private AtollException neverRan(TaskEnded end) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "task '%s' does not run: %s".formatted(taskId(), end.getMessage()));
  }

  /** Nobody reaches a cell that is about to go. */
  private void release(EndReason reason, RunningTask running) {
    running.tunnels().close();
    running.connectAddress().close();
    running.readiness().ifPresent(Readiness::close);
    release(reason, Optional.of(running.claimed()), Optional.of(running.mounts()));
  }

  private void release(
      EndReason reason, Optional<ClaimedCell> claimed, Optional<TaskMounts> mounts) {
    // If this worker dies from here on, the next one need not guess.
    record(reason, EndReport.of(taskId(), reason, Optional.empty()));
    Optional<ResourceUsage> usage = Optional.empty();
    EndReason told = reason;
    if (claimed.isPresent()) {
      try {
        claimed.get().release();
      } catch (IOException | RuntimeException left) {
        log.warn("task {}: not everything could be released", taskId(), left);
      }
      mounts.ifPresent(this::close);
      told = sharpened(reason, claimed.get());
      usage = Optional.of(claimed.get().cell().usage());
    }
    main.gone();
    execs.discard();
    dropRunning();
    TaskEnded report = EndReport.of(taskId(), told, usage);
    record(told, report);
    if (!EndReport.diedByItself(report)) {
      execs.forget();
    }
    synchronized (this) {
      state = new State.Ended();
    }
    host.onEnded().accept(report);
    ended.complete(report);
  }

  private void record(EndReason reason, TaskEnded end) {
    boolean ofHandOver =
        reason instanceof EndReason.FailedToStart
            || (reason instanceof EndReason.Terminated terminated
                && terminated.by().equals(Tasks.STOPPING));
    try {
      folder.end(end, ofHandOver);
    } catch (IOException full) {
      log.warn("task {}: its end can't be recorded: a restart would forget it", taskId(), full);
    }
  }

  private void dropRunning() {
    try {
      folder.dropRunning();
    } catch (IOException left) {
      log.warn("task {}: its record is not removed yet", taskId(), left);
    }
  }

  private void close(TaskMounts mounts) {
    try {
      mounts.close();
    } catch (IOException | RuntimeException left) {
      log.warn("task {}: not every mounted image could be released", taskId(), left);
    }
  }

  /**
   * A cell that ended by itself tells more than what was noticed first: its main process died with
   * it, or somebody asked for the end of what was dying. The cell is destroyed by now.
   */
  private static EndReason sharpened(EndReason reason, ClaimedCell claimed) {
    CellEnd end = claimed.cell().ended().getNow(new CellEnd.Destroyed());
    return end instanceof CellEnd.Destroyed
            || reason instanceof EndReason.Exited
            || reason instanceof EndReason.TimedOut
            || reason instanceof EndReason.FailedToStart
        ? reason
        : EndReason.of(end);
  }
}
