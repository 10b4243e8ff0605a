package dev.atoll.worker.process;

import dev.atoll.cells.CellException;
import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.KeptExec;
import dev.atoll.cells.StdinProgress;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.spool.KeptSegments;
import dev.atoll.worker.spool.Spool;
import dev.atoll.worker.spool.SpoolFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A process of a task, from before its start to after its end. Give it to {@link
 * dev.atoll.cells.Cell#exec} as listener, then call {@link #started}. Thread-safe.
 */
public final class TaskProcess implements ExecListener {
  private static final int SIGKILL = 9;

  private final KeptStream stdout;
  private final KeptStream stderr;
  private final Stdin stdin;
  private final CompletableFuture<Exec> exec = new CompletableFuture<>();
  private final ProcessJournal journal;
  private volatile boolean endKept = true;
  private final CompletableFuture<ExecEnd> ended = new CompletableFuture<>();

  /**
   * Prepares the streams.
   *
   * @param name unique in the folder
   */
  public TaskProcess(SpoolFolder folder, String name) {
    this(folder, name, ProcessJournal.NONE);
  }

  /**
   * Prepares the streams of a process that outlives this worker.
   *
   * @param name unique in the folder
   * @param journal what is told there a later worker knows
   */
  public TaskProcess(SpoolFolder folder, String name, ProcessJournal journal) {
    this.journal = journal;
    this.stdin = new Stdin(journal != ProcessJournal.NONE);
    this.stdout = new KeptStream(Stream.STDOUT, folder, name + "-stdout", exec);
    this.stderr = new KeptStream(Stream.STDERR, folder, name + "-stderr", exec);
  }

  private TaskProcess(
      SpoolFolder folder,
      String name,
      KeptSegments segments,
      ProcessJournal journal,
      Optional<ExecEnd> end,
      long stdinBytes)
      throws IOException {
    this.journal = journal;
    this.stdin = new Stdin(journal != ProcessJournal.NONE);
    this.stdout = KeptStream.resume(Stream.STDOUT, folder, name + "-stdout", exec, segments);
    this.stderr = KeptStream.resume(Stream.STDERR, folder, name + "-stderr", exec, segments);
    if (end.isPresent()) {
      stdin.processEnded(stdinBytes);
      ended.complete(end.get());
    }
  }

  /**
   * Goes on with a process of a worker that died. Then call {@link #started} when it is still known
   * inside, otherwise {@link #isOver}.
   *
   * @param folder of the same limit as then
   * @param segments of the folder
   * @param end empty while nobody has heard it
   * @param stdinBytes with an end: how much of the input was taken
   */
  public static TaskProcess resume(
      SpoolFolder folder,
      String name,
      KeptSegments segments,
      ProcessJournal journal,
      Optional<ExecEnd> end,
      long stdinBytes)
      throws IOException {
    return new TaskProcess(folder, name, segments, journal, end, stdinBytes);
  }

  /** Says that it has ended before this worker began: its output is as long as it is. */
  public void isOver() {
    exec.complete(GoneExec.INSTANCE);
    gone();
  }

  /** How far a stream was kept. */
  public KeptExec.Progress progress(Stream stream) {
    return stream(stream).progress();
  }

  /** Says that it runs. What came meanwhile is acknowledged now. */
  public void started(Exec running) {
    exec.complete(running);
    stdout.acknowledge();
    stderr.acknowledge();
  }

  /** Says that it never starts: writing to it fails with the reason. Its output ends on its own. */
  public void neverStarts(AtollException reason) {
    exec.completeExceptionally(reason);
    ended.completeExceptionally(reason);
  }

  /** Says that nothing of it is left: its output has ended, and it takes no input. */
  public void gone() {
    if (!exec.isDone()) {
      exec.completeExceptionally(
          new AtollException(ErrorCode.FAILED_PRECONDITION, "the sandbox has ended"));
    }
    if (!exec.isCompletedExceptionally()) {
      exec.obtrudeValue(GoneExec.INSTANCE);
    }
    endOutput();
    stdin.processEnded();
  }

  /** The output, readable from any offset. Streams that are discarded or merged are empty. */
  public Spool spool(Stream stream) {
    return stream(stream).spool();
  }

  /** Whether the disk could not take all of its output. */
  public boolean lostOutput() {
    return stdout.spool().isRefused() || stderr.spool().isRefused();
  }

  /**
   * Completes when the process has ended. Its children may hold its output open, which then goes
   * on.
   */
  public CompletableFuture<ExecEnd> ended() {
    return ended.copy();
  }

  /** How much of the input was accepted. */
  public Stdin.State stdin() {
    return stdin.state();
  }

  /** Writes to stdin as {@link Stdin} says; waits for the start first. */
  public void writeStdin(long offset, ByteBuffer bytes, boolean end) throws InterruptedException {
    stdin.write(running(), offset, bytes, end);
  }

  /** Sends a signal to its group; waits for the start first. Without effect once it has ended. */
  public void signal(int signal) throws InterruptedException {
    if (!ended.isDone()) {
      running().signal(signal, Exec.Scope.GROUP);
    }
  }

  /** Kills it if it still runs, and forgets it and its output. Call it once the start is over. */
  public void drop() {
    var _ = exec.thenAccept(Exec::drop);
    gone();
    discard();
  }

  /** Says that a stream is discarded: it is over at once. */
  public void discards(Stream stream) {
    stream(stream).spool().end();
  }

  /** Ends the streams and the wait for the end with an error: the worker is stopping. */
  public void abandon(AtollException reason) {
    stdout.spool().fail(reason);
    stderr.spool().fail(reason);
    ended.completeExceptionally(reason);
    stdin.abandon(reason);
  }

  /** Deletes the output once its readers are done. */
  public void discard() {
    stdout.spool().discard();
    stderr.spool().discard();
    journal.discarded();
  }

  @Override
  public void numbered(int number, long outOfMemoryBefore) throws CellException {
    try {
      journal.numbered(number, outOfMemoryBefore);
    } catch (IOException full) {
      throw new CellException("the record of a process can't be written: " + full, full);
    }
  }

  /** Who can't be heard any more is killed: it would run on in vain. */
  @Override
  public void output(Stream stream, long offset, ByteBuffer bytes) {
    if (!stream(stream).append(offset, bytes)) {
      var _ = exec.thenAccept(running -> running.signal(SIGKILL, Exec.Scope.SESSION));
    }
  }

  @Override
  public void outputEnd(Stream stream, long offset) {
    stream(stream).end();
  }

  @Override
  public void stdin(StdinProgress progress) {
    stdin.progress(progress);
  }

  @Override
  public boolean isEndKept() {
    return endKept;
  }

  @Override
  public void exited(ExecEnd end) {
    stdin.processEnded();
    if (end instanceof ExecEnd.CellEnded) {
      endOutput();
    }
    // Before the guest agent may forget it, and before anybody is told.
    endKept = journal.ended(end, stdin.taken());
    ended.complete(end);
  }

  private Exec running() throws InterruptedException {
    try {
      return exec.get();
    } catch (ExecutionException never) {
      throw never.getCause() instanceof AtollException reason
          ? reason
          : new IllegalStateException(never);
    }
  }

  private void endOutput() {
    stdout.spool().end();
    stderr.spool().end();
  }

  private KeptStream stream(Stream stream) {
    return stream == Stream.STDOUT ? stdout : stderr;
  }
}
