package dev.atoll.control.sandboxes;

import com.google.protobuf.ByteString;
import dev.atoll.control.calls.WirePatience;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.SandboxRow;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.FileDescriptor;
import dev.atoll.protocol.modal.SandboxGetLogsRequest;
import dev.atoll.protocol.modal.SandboxStdinWriteRequest;
import dev.atoll.protocol.modal.TaskLogs;
import dev.atoll.protocol.modal.TaskLogsBatch;
import dev.atoll.protocol.worker.ReadTaskOutputRequest;
import dev.atoll.protocol.worker.TaskOutput;
import dev.atoll.protocol.worker.WriteTaskStdinRequest;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Input and output of sandboxes' main processes, passed on from the worker. An entry id is the
 * offset in the stream after the entry, so that a reader resumes where it stopped.
 */
public final class MainProcess implements AutoCloseable {
  private static final Duration START_PATIENCE = Duration.ofSeconds(55);

  private final Sandboxes sandboxes;
  private final WorkerClient worker;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("atoll-log-timer").daemon().factory());

  /** Creates it. */
  public MainProcess(Sandboxes sandboxes, WorkerClient worker) {
    this.sandboxes = sandboxes;
    this.worker = worker;
  }

  /** Takes what is read, and answers whether anybody still listens. */
  public interface Listener {
    /** Takes one piece; waits while the reader is slow. */
    boolean take(TaskLogsBatch batch) throws InterruptedException;
  }

  /**
   * Passes on the output after the request's entry until its end, which is told, or until the
   * request's timeout is over. Where the worker has dropped some, a line says how much.
   */
  public void readOutput(
      SandboxGetLogsRequest request, Context.CancellableContext caller, Listener listener)
      throws InterruptedException {
    SandboxRow row = sandboxes.require(request.getSandboxId());
    int descriptor = request.getFileDescriptorValue();
    if (descriptor != 1 && descriptor != 2) {
      throw AtollException.invalid("file_descriptor %d must be 1 or 2", descriptor);
    }
    Duration patience = WirePatience.of(request.getTimeout());
    sandboxes.awaitStart(row.sandboxId(), patience);
    var timeout =
        timer.schedule(() -> caller.cancel(null), patience.toMillis(), TimeUnit.MILLISECONDS);
    Context previous = caller.attach();
    try {
      passOn(request, row, offset(request.getLastEntryId()), listener);
    } catch (StatusRuntimeException failure) {
      if (failure.getStatus().getCode() == Status.Code.NOT_FOUND) {
        unknownToWorker(request, listener);
      } else if (!caller.isCancelled()) {
        throw failure;
      }
    } finally {
      caller.detach(previous);
      timeout.cancel(false);
    }
  }

  /** A sandbox that never ran has no output; what one that ran has written must not seem empty. */
  private void unknownToWorker(SandboxGetLogsRequest request, Listener listener)
      throws InterruptedException {
    SandboxRow row = sandboxes.require(request.getSandboxId());
    if (row.end().isEmpty()) {
      return;
    }
    if (row.start().isPresent()) {
      throw AtollException.notFound(
          "the output of sandbox %s is not kept any more: it is dropped some time after the"
              + " sandbox's end",
          row.sandboxId());
    }
    listener.take(batch(request, row, "", 0).setEof(true).build());
  }

  private void passOn(SandboxGetLogsRequest request, SandboxRow row, long offset, Listener listener)
      throws InterruptedException {
    Iterator<TaskOutput> output =
        worker.readOutput(
            ReadTaskOutputRequest.newBuilder()
                .setTaskId(row.taskId())
                .setFileDescriptor(request.getFileDescriptorValue())
                .setOffset(offset)
                .build());
    OutputText text = new OutputText(offset);
    while (output.hasNext()) {
      TaskOutput piece = output.next();
      String next = text.push(piece.getOffset(), piece.getData().toByteArray());
      if (!next.isEmpty() && !listener.take(batch(request, row, next, text.end()).build())) {
        return;
      }
    }
    String rest = text.finish();
    listener.take(batch(request, row, rest, text.end()).setEof(true).build());
  }

  /** Writes to a main process's stdin; waits while it reads slowly. */
  public void writeStdin(SandboxStdinWriteRequest request) throws InterruptedException {
    StdinCursor cursor = sandboxes.stdin(request.getSandboxId());
    sandboxes.awaitStart(request.getSandboxId(), START_PATIENCE);
    String taskId = sandboxes.require(request.getSandboxId()).taskId();
    ByteString input = request.getInput();
    cursor.write(
        Integer.toUnsignedLong(request.getIndex()),
        input.size(),
        offset ->
            worker.writeStdin(
                WriteTaskStdinRequest.newBuilder()
                    .setTaskId(taskId)
                    .setOffset(offset)
                    .setData(input)
                    .setEof(request.getEof())
                    .build()));
  }

  private static TaskLogsBatch.Builder batch(
      SandboxGetLogsRequest request, SandboxRow row, String text, long end) {
    TaskLogsBatch.Builder batch =
        TaskLogsBatch.newBuilder()
            .setTaskId(row.taskId())
            .setSandboxId(row.sandboxId())
            .setEntryId(end + "-0");
    if (!text.isEmpty()) {
      batch.addItems(
          TaskLogs.newBuilder()
              .setData(text)
              .setFileDescriptor(FileDescriptor.forNumber(request.getFileDescriptorValue()))
              .setTimestamp(Clock.seconds(Clock.now())));
    }
    return batch;
  }

  private static long offset(String entryId) {
    int dash = entryId.indexOf('-');
    String digits = dash < 0 ? entryId : entryId.substring(0, dash);
    try {
      return digits.isEmpty() ? 0 : Math.max(0, Long.parseLong(digits));
    } catch (NumberFormatException foreign) {
      throw AtollException.invalid(
          "last_entry_id '%s' is none of this server's",
          entryId.length() > 40 ? entryId.substring(0, 40) : entryId);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
