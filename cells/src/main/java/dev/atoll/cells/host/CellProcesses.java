package dev.atoll.cells.host;

import dev.atoll.linux.ProcessDescriptor;
import dev.atoll.linux.ProcessWatcher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The processes whose death is the cell's: the runtime's, or the agent itself. */
final class CellProcesses implements AutoCloseable {
  private final List<ProcessDescriptor> processes = new ArrayList<>();
  private final List<CompletableFuture<Integer>> ends = new ArrayList<>();

  /** Takes hold of them; a process that has ended meanwhile fails the call. */
  static CellProcesses watch(List<Integer> pids, ProcessWatcher watcher) throws IOException {
    CellProcesses processes = new CellProcesses();
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

  /** Waits for all of them; they have been killed. */
  void awaitAll() {
    CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new)).join();
  }

  @Override
  public void close() {
    processes.forEach(ProcessDescriptor::close);
  }
}
