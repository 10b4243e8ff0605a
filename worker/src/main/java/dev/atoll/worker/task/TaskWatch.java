package dev.atoll.worker.task;

import dev.atoll.cells.CellEnd;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.worker.readiness.Readiness;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends a task that runs when its main process or its cell does, or when its time is over.
 *
 * @param timer for the lifetimes
 */
record TaskWatch(ScheduledExecutorService timer) {
  private static final int SIGKILL = 9;

  /**
   * Begins.
   *
   * @param commanded whether it has a main process
   * @param lifetime how long it may still run
   */
  void watch(Task task, RunningTask running, boolean commanded, Duration lifetime) {
    var _ = running.claimed().cell().ended().thenAccept(end -> task.end(reason(task, end)));
    try {
      ScheduledFuture<?> end =
          timer.schedule(
              () -> task.end(new EndReason.TimedOut()), lifetime.toMillis(), TimeUnit.MILLISECONDS);
      var _ =
          task.ended()
              .thenRun(
                  () -> {
                    end.cancel(false);
                    running.idle().stop();
                  });
    } catch (RejectedExecutionException stopping) {
      task.end(new EndReason.Terminated(Tasks.STOPPING));
    }
    running.idle().start();
    running.readiness().ifPresent(Readiness::start);
    if (commanded) {
      var _ = task.main().ended().thenAccept(end -> endAfterOutput(task, end));
    }
  }

  /** A main process that had ended by itself before its cell did is what counts. */
  private static EndReason reason(Task task, CellEnd cell) {
    CompletableFuture<ExecEnd> main = task.main().ended();
    if (main.isDone() && !main.isCompletedExceptionally()) {
      ExecEnd end = main.join();
      if (end instanceof ExecEnd.Exited || (end instanceof ExecEnd.Signalled && !wasKilled(end))) {
        return EndReason.of(end);
      }
    }
    return EndReason.of(cell);
  }

  private static boolean wasKilled(ExecEnd end) {
    return end instanceof ExecEnd.Signalled signalled && signalled.signal() == SIGKILL;
  }

  /** What the main process and its children have written is kept before the cell goes. */
  private static void endAfterOutput(Task task, ExecEnd end) {
    Thread.ofVirtual()
        .name("atoll-task-end")
        .start(
            () -> {
              try {
                task.main().spool(ExecListener.Stream.STDOUT).awaitOverOrQuiet();
                task.main().spool(ExecListener.Stream.STDERR).awaitOverOrQuiet();
              } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
              }
              task.end(
                  task.main().lostOutput() && wasKilled(end)
                      ? new EndReason.DiskFull()
                      : EndReason.of(end));
            });
  }
}
