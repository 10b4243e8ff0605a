package dev.atoll.cells.process;

import dev.atoll.cells.cgroup.ControlGroup;
import dev.atoll.linux.Errno;
import dev.atoll.linux.LinuxException;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Kills every process of a control group and waits until they are gone, whoever their parent is.
 * Those that are children of this process, as orphans of a runtime are, leave no zombies.
 */
public final class GroupKiller {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final ProcessWatcher watcher;

  /** Creates a killer that learns of ends through a watcher. */
  public GroupKiller(ProcessWatcher watcher) {
    this.watcher = watcher;
  }

  /**
   * Kills until the group is empty.
   *
   * @throws IOException when processes are left after 10 s, as a broken disk or network file system
   *     can cause
   */
  public void killAll(ControlGroup group) throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    List<Integer> processes = group.processes();
    Set<Integer> sessions = ProcessStat.foreignSessions(processes);
    while (!processes.isEmpty()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new IOException("the processes " + processes + " can't be killed");
      }
      // A process that is frozen does not die (cgroup version 1).
      group.thaw();
      killRound(group, processes, left);
      processes = group.processes();
    }
    Zombies.reapSessions(sessions);
  }

  private void killRound(ControlGroup group, List<Integer> pids, long nanos) throws IOException {
    List<ProcessDescriptor> processes = new ArrayList<>();
    List<CompletableFuture<Integer>> ends = new ArrayList<>();
    try {
      boolean killed = group.kill();
      for (int pid : pids) {
        try {
          ProcessDescriptor process = ProcessDescriptor.open(pid);
          processes.add(process);
          if (!killed) {
            process.signal(ProcessDescriptor.SIGKILL);
          }
          ends.add(watcher.watch(process));
        } catch (LinuxException e) {
          if (e.errno() != Errno.ESRCH) {
            throw e;
          }
        }
      }
      await(CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new)), nanos);
      // Again: some became children of this process only when their own parent was gone.
      processes.forEach(ProcessDescriptor::reap);
    } finally {
      processes.forEach(ProcessDescriptor::close);
    }
  }

  /** An interrupt does not end the wait: half-killed groups help nobody, and it is bounded. */
  private static void await(CompletableFuture<?> all, long nanos) throws IOException {
    boolean interrupted = false;
    long end = System.nanoTime() + nanos;
    try {
      while (true) {
        try {
          all.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (TimeoutException e) {
          return;
        } catch (ExecutionException e) {
          throw new IOException("a process can't be watched", e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
