package dev.atoll.worker.task;

import dev.atoll.cells.CellException;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.calls.DiskFull;
import dev.atoll.worker.process.TaskProcess;
import dev.atoll.worker.record.TaskFolder;
import dev.atoll.worker.spool.SpoolFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The execs of one task, by the ids that clients made: the same id starts one process only.
 * Thread-safe.
 */
public final class Execs {
  private static final int LONGEST_ID = 128;

  /** So many execs are known at once; beyond, the oldest that have ended go, with their output. */
  private static final int MOST_KNOWN = 10_000;

  private static final String NAME = "exec-";

  private final TaskFolder folder;
  private final SpoolFolder spools;
  private final Map<String, Entry> known = new LinkedHashMap<>();
  private boolean closed;
  private int next = 1;

  /** An exec and whether its start is done. */
  private record Entry(TaskProcess process, CompletableFuture<TaskProcess> started) {}

  /**
   * No exec yet.
   *
   * @param spools the folder's, of the usual limit
   */
  Execs(TaskFolder folder, SpoolFolder spools) {
    this.folder = folder;
    this.spools = spools;
  }

  /**
   * Notes an exec that a worker which died has started. To be called in the order of their starts,
   * before anything else.
   */
  synchronized void resume(KeptProcess kept) {
    next = Math.max(next, Integer.parseInt(kept.name().substring(NAME.length())) + 1);
    known.put(
        kept.record().getExecId(),
        new Entry(kept.process(), CompletableFuture.completedFuture(kept.process())));
  }

  /** Holds a clock for each exec that runs on. */
  synchronized void hold(IdleClock idle) {
    for (Entry entry : known.values()) {
      idle.hold();
      var _ = entry.process().ended().whenComplete((end, failure) -> idle.release());
    }
  }

  /** The names of the execs that have a file, in the order of their starts. */
  static List<String> names(TaskFolder folder) throws IOException {
    return folder.processes().stream()
        .filter(name -> name.matches(NAME + "[0-9]{1,9}"))
        .sorted(Comparator.comparingInt(name -> Integer.parseInt(name.substring(NAME.length()))))
        .toList();
  }

  /**
   * Starts a process, or joins the start of the same id. Returns when it runs.
   *
   * @throws AtollException when it could not be started: repeating the id repeats this
   */
  public void start(RunningTask task, String execId, ExecRequest request)
      throws IOException, InterruptedException {
    if (execId.isEmpty() || execId.length() > LONGEST_ID) {
      throw AtollException.invalid(
          "exec_id: must be 1 to %d characters, but has %d", LONGEST_ID, execId.length());
    }
    Entry entry;
    boolean first;
    synchronized (this) {
      if (closed) {
        throw ended();
      }
      Optional<Entry> other = Optional.ofNullable(known.get(execId));
      first = other.isEmpty();
      entry = other.orElseGet(() -> entry(execId, request));
      known.put(execId, entry);
    }
    if (first) {
      start(task, entry, request);
    } else {
      join(entry);
    }
  }

  /** The process of an exec that was started; waits for a start that is under way. */
  public TaskProcess find(String execId) throws InterruptedException {
    Optional<Entry> entry;
    synchronized (this) {
      entry = Optional.ofNullable(known.get(execId));
    }
    return join(entry.orElseThrow(() -> unknown(execId)));
  }

  private synchronized AtollException unknown(String execId) {
    return closed
        ? ended()
        : AtollException.notFound("exec '%s': this sandbox has no such exec", execId);
  }

  /** Ends what readers and waiters wait for, with an error. */
  void abandon(AtollException reason) {
    for (Entry entry : close()) {
      entry.process().abandon(reason);
    }
  }

  /** Refuses new execs, and deletes the output of all once its readers are done. */
  void discard() {
    for (Entry entry : close()) {
      entry.process().gone();
      entry.process().discard();
    }
  }

  /** Forgets all, when nobody may ask for them any more; who waits for one goes on waiting. */
  synchronized void forget() {
    known.clear();
  }

  private synchronized List<Entry> close() {
    closed = true;
    return new ArrayList<>(known.values());
  }

  private Entry entry(String execId, ExecRequest request) {
    forgetOldest();
    SpoolFolder own =
        FilesystemTool.isRunBy(request)
            ? spools.withLimitOfAtLeast(FilesystemTool.MOST_OUTPUT)
            : spools;
    String name = NAME + next++;
    RecordedProcess recorded =
        new RecordedProcess(folder.process(name), RecordedProcess.of(execId, request, own.limit()));
    return new Entry(new TaskProcess(own, name, recorded), new CompletableFuture<>());
  }

  private void start(RunningTask task, Entry entry, ExecRequest request)
      throws IOException, InterruptedException {
    TaskProcess process = entry.process();
    task.idle().hold();
    try {
      task.start(request, process);
    } catch (IOException | InterruptedException | RuntimeException failure) {
      task.idle().release();
      AtollException told = explain(task, failure);
      process.neverStarts(told);
      process.gone();
      entry.started().completeExceptionally(told);
      process.discard();
      if (failure instanceof InterruptedException stopped) {
        throw stopped;
      }
      throw told;
    }
    var _ = process.ended().whenComplete((end, failure) -> task.idle().release());
    entry.started().complete(process);
  }

  private AtollException explain(RunningTask task, Exception failure) {
    return switch (failure) {
      case AtollException expected -> expected;
      case IOException full when DiskFull.explain(full).isPresent() -> DiskFull.explain(full).get();
      case CellException silent when !task.claimed().cell().ended().isDone() ->
          new AtollException(
              ErrorCode.FAILED_PRECONDITION,
              "the sandbox's guest agent does not answer: terminate the sandbox, or try again"
                  + " later",
              silent);
      default -> unreachable();
    };
  }

  private static TaskProcess join(Entry entry) throws InterruptedException {
    try {
      return entry.started().get();
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof AtollException expected ? expected : ended();
    }
  }

  private void forgetOldest() {
    Iterator<Entry> oldest = known.values().iterator();
    while (known.size() >= MOST_KNOWN && oldest.hasNext()) {
      TaskProcess process = oldest.next().process();
      if (process.ended().isDone()) {
        process.discard();
        oldest.remove();
      }
    }
  }

  private AtollException unreachable() {
    return folder.isHandedOver()
        ? new AtollException(ErrorCode.UNAVAILABLE, "the server is stopping; the sandbox runs on")
        : ended();
  }

  private static AtollException ended() {
    return AtollException.notFound("the sandbox has ended");
  }
}
