package dev.atoll.worker.files;

import dev.atoll.cells.CellException;
import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.ExecStartException;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.files.Conversation.BrokenException;
import dev.atoll.worker.process.TaskProcess;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open file and the process that serves it. Its operations take turns, in the order of their
 * calls, on a virtual thread of its own. Thread-safe.
 */
final class OpenFile {
  private static final Logger log = LoggerFactory.getLogger(OpenFile.class);

  /** So long a process may take to end after its last word, until its end counts as unknown. */
  private static final long LAST_WORD_MILLIS = 1_000;

  private final String name;
  private final TaskProcess process;
  private final Starter starter;
  private final Runnable onGone;
  private final ExecutorService turns =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("atoll-file").factory());

  // Of the turns' thread.
  private @Nullable Conversation conversation;

  /** Starts the process that serves a file. */
  @FunctionalInterface
  interface Starter {
    Exec start(ExecListener listener) throws IOException, InterruptedException;
  }

  /** What an operation does. */
  @FunctionalInterface
  interface Work {
    void run(FileAccess file, Operation operation)
        throws FileException, BrokenException, IOException, InterruptedException;
  }

  /**
   * A file that {@link #open} opens.
   *
   * @param name what it is called in sentences
   * @param process not started yet
   * @param onGone called once, when nothing can be done with it any more
   */
  OpenFile(String name, TaskProcess process, Starter starter, Runnable onGone) {
    this.name = name;
    this.process = process;
    this.starter = starter;
    this.onGone = onGone;
  }

  /** Opens it; before anything else. */
  void open(Operation operation) {
    submit(
        operation,
        () -> {
          try {
            openNow();
          } catch (FileException refused) {
            leave();
            throw refused;
          }
        });
  }

  /** Does something with it. */
  void run(Operation operation, Work work) {
    submit(operation, () -> work.run(access(), operation));
  }

  /** Closes it; the last of its operations. */
  void close(Operation operation) {
    submit(
        operation,
        () -> {
          try {
            access().close();
          } catch (FileException refused) {
            leave();
            throw refused;
          }
          leave();
        });
  }

  /** Lets go of it, once the operation that is under way is over. */
  void abandon() {
    try {
      turns.execute(this::leave);
    } catch (RejectedExecutionException gone) {
      // It let go already.
    }
  }

  private interface Turn {
    void run() throws FileException, BrokenException, IOException, InterruptedException;
  }

  private void submit(Operation operation, Turn turn) {
    try {
      turns.execute(() -> take(operation, turn));
    } catch (RejectedExecutionException gone) {
      operation.fail(notOpen());
    }
  }

  private void take(Operation operation, Turn turn) {
    try {
      turn.run();
      operation.succeed();
    } catch (FileException refused) {
      operation.fail(refused);
    } catch (BrokenException broken) {
      explain(operation, broken);
      leave();
    } catch (AtollException reason) {
      operation.fail(reason);
      leave();
    } catch (InterruptedException stopping) {
      operation.fail(new AtollException(ErrorCode.UNAVAILABLE, "the worker is stopping"));
      leave();
    } catch (IOException | RuntimeException defect) {
      log.error("a file operation failed unexpectedly", defect);
      operation.fail(
          new AtollException(
              ErrorCode.FAILED_PRECONDITION,
              name + ": the worker failed at it; its log has the details. Open the file again",
              defect));
      leave();
    }
  }

  private void openNow() throws FileException, BrokenException, IOException, InterruptedException {
    conversation = new Conversation(process);
    try {
      process.started(starter.start(process));
    } catch (ExecStartException refused) {
      throw FileException.of("open " + name, refused.errno());
    } catch (CellException over) {
      throw AtollException.notFound("the sandbox has ended");
    }
    access().open();
  }

  private FileAccess access() throws FileException {
    Conversation open = conversation;
    if (open == null) {
      throw notOpen();
    }
    return new FileAccess(open, name);
  }

  /** A sandbox that has ended takes its files along; else somebody inside got in the way. */
  private void explain(Operation operation, BrokenException broken) {
    if (broken.isEnd() && hasSandboxEnded()) {
      operation.fail(AtollException.notFound("the sandbox has ended"));
      return;
    }
    operation.fail(
        new FileException(
            Errno.code(Errno.EIO),
            "%s: the process in the sandbox that serves the file failed (%s); open the file again"
                .formatted(name, broken.getMessage())));
  }

  /** Waits for the process's end, unless it only closed its output. */
  private boolean hasSandboxEnded() {
    try {
      return process.ended().get(LAST_WORD_MILLIS, TimeUnit.MILLISECONDS)
          instanceof ExecEnd.CellEnded;
    } catch (TimeoutException | ExecutionException unknown) {
      return false;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void leave() {
    Conversation open = conversation;
    if (open != null) {
      conversation = null;
      open.close();
    }
    turns.shutdown();
    onGone.run();
  }

  private FileException notOpen() {
    return new FileException(Errno.code(Errno.EINVAL), name + " is not open: open it again");
  }
}
