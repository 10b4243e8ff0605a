package dev.atoll.cells.host;

import dev.atoll.linux.ProcessDescriptor;
import dev.atoll.linux.ProcessStat;
import dev.atoll.linux.ProcessWatcher;
import dev.atoll.linux.Zombies;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The processes whose death is the cell's: the runtime's, or the agent itself. */
final class CellProcesses implements AutoCloseable {
  private static final Duration STANDSTILL = Duration.ofSeconds(5);
  private static final Duration BETWEEN_LOOKS = Duration.ofNanos(200_000);

  private final List<ProcessDescriptor> processes = new ArrayList<>();
  private final List<CompletableFuture<Integer>> ends = new ArrayList<>();
  private final Set<Integer> sessions;
  private boolean closed;

  private CellProcesses(Set<Integer> sessions) {
    this.sessions = sessions;
  }

  /**
   * Takes hold of them; a process that has ended meanwhile fails the call.
   *
   * @param pids the processes to watch
   * @param all every process of the cell, now that its agent runs: whatever else it starts on the
   *     host will be in one of their sessions
   */
  static CellProcesses watch(List<Integer> pids, List<Integer> all, ProcessWatcher watcher)
      throws IOException {
    CellProcesses processes = new CellProcesses(ProcessStat.foreignSessions(all));
    try {
      for (int pid : pids) {
        ProcessDescriptor process = ProcessDescriptor.open(pid);
        processes.processes.add(process);
        processes.ends.add(watcher.watch(process));
      }
    } catch (IOException e) {
      processes.close();
      throw e;
    }
    return processes;
  }

  /** Completes with the first one's wait status, or -1 when it is not known. */
  CompletableFuture<Integer> firstEnd() {
    return CompletableFuture.anyOf(ends.toArray(CompletableFuture<?>[]::new))
        .thenApply(Integer.class::cast);
  }

  /** Sends all of them a signal; those that have ended, closed or not, don't mind. */
  void signal(int signal) throws IOException {
    for (ProcessDescriptor process : processes) {
      signal(process, signal);
    }
  }

  private synchronized void signal(ProcessDescriptor process, int signal) throws IOException {
    if (!closed) {
      process.signal(signal);
    }
  }

  /**
   * Stops all of them, the first one first, which asks the others to work, and returns when no
   * thread runs any more.
   *
   * @throws IOException when that takes longer than five seconds; they then go on
   */
  void stop() throws IOException, InterruptedException {
    try {
      for (ProcessDescriptor process : processes) {
        signal(process, ProcessDescriptor.SIGSTOP);
        awaitStop(process.pid());
      }
    } catch (IOException | InterruptedException notStopped) {
      signal(ProcessDescriptor.SIGCONT);
      throw notStopped;
    }
  }

  /** A thread in a system call stops when that is done. */
  private static void awaitStop(int pid) throws IOException, InterruptedException {
    long end = System.nanoTime() + STANDSTILL.toNanos();
    while (!ProcessStat.isStopped(pid)) {
      if (System.nanoTime() > end) {
        throw new IOException("process " + pid + " does not stop within " + STANDSTILL);
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  /**
   * Waits for all of them, and leaves no zombie of their own children, which this process inherits.
   * Everything of the cell has been killed.
   */
  void awaitAll() throws IOException {
    CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new)).join();
    Zombies.reapSessions(sessions);
  }

  @Override
  public synchronized void close() {
    closed = true;
    processes.forEach(ProcessDescriptor::close);
  }
}
