package dev.atoll.sdk;

import dev.atoll.protocol.exec.ExecControlGrpc;
import dev.atoll.protocol.exec.SignalExecRequest;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskExecPollRequest;
import dev.atoll.protocol.router.TaskExecPollResponse;
import dev.atoll.protocol.router.TaskExecStdioFileDescriptor;
import dev.atoll.protocol.router.TaskExecWaitRequest;
import dev.atoll.protocol.router.TaskExecWaitResponse;
import dev.atoll.sdk.transport.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A process in a sandbox, as the JDK has processes. The server keeps what it writes (1 GiB of each
 * stream by default, then the process waits for its reader), so the streams may be read late, also
 * after the end. Dropping this object leaves the process alone.
 *
 * <p>There is no {@link ProcessHandle}: {@link #pid()}, {@link #info()}, {@link #children()} and
 * {@link #descendants()} throw {@link UnsupportedOperationException}. Text is in this machine's
 * native encoding for the readers and the writer that are asked for without one, as the JDK says:
 * {@code inputReader(StandardCharsets.UTF_8)} reads what most programs in sandboxes write, and
 * {@link #readText()} takes UTF-8 anyway. {@link #exitValue()} and {@link #isAlive()} ask the
 * server until the process has ended. Except where the JDK says otherwise, failures are {@link
 * AtollException}s.
 */
public final class SandboxProcess extends Process {
  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;
  private static final int SIGNAL_EXIT = 128;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final ReentrantLock lock = new ReentrantLock();
  private final Router router;
  private final String execId;
  private final OutputStream stdin;
  private final InputStream stdout;
  private final InputStream stderr;
  private volatile OptionalInt exit = OptionalInt.empty();
  private @Nullable CompletableFuture<Process> onExit;

  SandboxProcess(Router router, String execId, ExecOptions options) {
    this.router = router;
    this.execId = execId;
    this.stdin = new StdinBuffer(new ExecInput(router, execId));
    this.stdout =
        options.discardStdout()
            ? InputStream.nullInputStream()
            : new ExecOutput(
                router, execId, TaskExecStdioFileDescriptor.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDOUT);
    this.stderr =
        options.mergeStderr() || options.pty() || options.discardStderr()
            ? InputStream.nullInputStream()
            : new ExecOutput(
                router, execId, TaskExecStdioFileDescriptor.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDERR);
  }

  /**
   * The process's stdin, buffered: flush or close it to send what was written. When that fails
   * because the server can't be reached it can be called again: nothing is lost or sent twice.
   */
  @Override
  public OutputStream getOutputStream() {
    return stdin;
  }

  /**
   * The process's stdout, from its beginning; empty if it was discarded. Nothing is transferred
   * before it is read.
   */
  @Override
  public InputStream getInputStream() {
    return stdout;
  }

  /** The process's stderr, from its beginning; empty if it was merged into stdout or discarded. */
  @Override
  public InputStream getErrorStream() {
    return stderr;
  }

  /** Reads the rest of stdout, waiting for its end, as UTF-8. */
  public String readText() {
    try {
      return new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      if (e.getCause() instanceof AtollException failure) {
        throw failure;
      }
      throw new ServerException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Waits until the process has ended.
   *
   * @return its exit code, or 128 plus the number of the signal that killed it
   */
  @Override
  public int waitFor() throws InterruptedException {
    while (true) {
      OptionalInt ended = await(LONGEST_WAIT);
      if (ended.isPresent()) {
        return ended.getAsInt();
      }
    }
  }

  /**
   * Waits until the process has ended, at most the given time, as {@link #waitFor(Duration)} does.
   *
   * @return whether it has ended; without any time to wait, the server is asked once
   */
  @Override
  public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    long end = System.nanoTime() + unit.toNanos(timeout);
    while (true) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (!left.isPositive()) {
        return !isAlive();
      }
      if (await(left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT).isPresent()) {
        return true;
      }
    }
  }

  /**
   * The exit code as of {@link #waitFor()}.
   *
   * @throws IllegalThreadStateException if the process has not ended
   */
  @Override
  public int exitValue() {
    return poll()
        .orElseThrow(() -> new IllegalThreadStateException("The process has not ended yet"));
  }

  /** Whether the process has not ended. */
  @Override
  public boolean isAlive() {
    return poll().isEmpty();
  }

  /**
   * Completes when the process has ended, or exceptionally if that can't be known; a virtual thread
   * waits for that.
   */
  @Override
  public CompletableFuture<Process> onExit() {
    lock.lock();
    try {
      CompletableFuture<Process> future = onExit;
      if (future == null) {
        future = new CompletableFuture<>();
        onExit = future;
        CompletableFuture<Process> completed = future;
        Thread.ofVirtual().name("exec-exit-" + execId).start(() -> complete(completed));
      }
      return future.copy();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends SIGTERM to the process and its group; does nothing once it has ended.
   *
   * @throws UnsupportedOperationException if the server can't: it speaks only the original protocol
   */
  @Override
  public void destroy() {
    signal(SIGTERM);
  }

  /**
   * Sends SIGKILL to the process and its group; does nothing once it has ended. It may be alive for
   * a moment after the call.
   *
   * @throws UnsupportedOperationException if the server can't: it speaks only the original protocol
   */
  @Override
  public Process destroyForcibly() {
    signal(SIGKILL);
    return this;
  }

  /** True: {@link #destroy()} sends a signal that the process can handle. */
  @Override
  public boolean supportsNormalTermination() {
    return true;
  }

  /** Not supported: a sandbox's processes are not this machine's. */
  @Override
  public ProcessHandle toHandle() {
    throw new UnsupportedOperationException("A process in a sandbox has no handle on this machine");
  }

  private void complete(CompletableFuture<Process> future) {
    try {
      waitFor();
      future.complete(this);
    } catch (InterruptedException | RuntimeException e) {
      future.completeExceptionally(e);
    }
  }

  private OptionalInt await(Duration longest) throws InterruptedException {
    if (exit.isPresent()) {
      return exit;
    }
    TaskExecWaitRequest request =
        TaskExecWaitRequest.newBuilder().setTaskId(router.taskId()).setExecId(execId).build();
    try {
      Optional<TaskExecWaitResponse> answer =
          router.callWithin(TaskCommandRouterGrpc.getTaskExecWaitMethod(), request, longest);
      answer.ifPresent(
          end ->
              exit =
                  switch (end.getExitStatusCase()) {
                    case CODE -> OptionalInt.of(end.getCode());
                    case SIGNAL -> OptionalInt.of(SIGNAL_EXIT + end.getSignal());
                    case EXITSTATUS_NOT_SET ->
                        throw new ServerException("The server did not say how the process ended");
                  });
      return exit;
    } catch (CallInterruptedException e) {
      Thread.interrupted();
      throw (InterruptedException) new InterruptedException().initCause(e);
    }
  }

  private OptionalInt poll() {
    if (exit.isEmpty()) {
      TaskExecPollResponse answer =
          router.call(
              TaskCommandRouterGrpc.getTaskExecPollMethod(),
              TaskExecPollRequest.newBuilder()
                  .setTaskId(router.taskId())
                  .setExecId(execId)
                  .build());
      exit =
          switch (answer.getExitStatusCase()) {
            case CODE -> OptionalInt.of(answer.getCode());
            case SIGNAL -> OptionalInt.of(SIGNAL_EXIT + answer.getSignal());
            case EXITSTATUS_NOT_SET -> OptionalInt.empty();
          };
    }
    return exit;
  }

  private void signal(int number) {
    SignalExecRequest request =
        SignalExecRequest.newBuilder()
            .setTaskId(router.taskId())
            .setExecId(execId)
            .setSignal(number)
            .build();
    try {
      router.call(ExecControlGrpc.getSignalExecMethod(), request);
    } catch (UnimplementedException e) {
      throw new UnsupportedOperationException(
          "This server can't signal a process; give the exec a timeout, or terminate the sandbox",
          e);
    }
  }
}
