package dev.atoll.worker.files;

import com.google.protobuf.UnsafeByteOperations;
import dev.atoll.protocol.modal.ContainerFilesystemExecGetOutputRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecResponse;
import dev.atoll.protocol.modal.FilesystemRuntimeOutputBatch;
import dev.atoll.worker.calls.Calls;
import dev.atoll.worker.calls.Sink;
import dev.atoll.worker.spool.SpoolFolder;
import dev.atoll.worker.spool.SpoolReader;
import dev.atoll.worker.task.RunningTask;
import dev.atoll.worker.task.Tasks;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The worker service's calls about files. NOT_FOUND once the task has ended. */
public final class FileCalls {
  private static final int BATCH_BYTES = 1 << 20;
  private static final float DEFAULT_PATIENCE_SECONDS = 55;
  private static final float MOST_PATIENCE_SECONDS = 600;

  private final Tasks tasks;
  private final Calls calls;
  private final SpoolFolder folder;
  private final Map<RunningTask, TaskFiles> files = new ConcurrentHashMap<>();

  /**
   * Calls over a worker's tasks.
   *
   * @param folder where what was read waits for its readers
   */
  public FileCalls(Tasks tasks, Calls calls, SpoolFolder folder) {
    this.tasks = tasks;
    this.calls = calls;
    this.folder = folder;
  }

  /** Begins an operation. */
  public void begin(
      ContainerFilesystemExecRequest request,
      StreamObserver<ContainerFilesystemExecResponse> observer) {
    calls.unary(observer, () -> FileRequests.begin(request, files(request.getTaskId())));
  }

  /**
   * Sends an operation's outcome: all of its output and the end, or its error without an end.
   * Nothing at all when it is still under way after the request's timeout.
   */
  public void output(
      ContainerFilesystemExecGetOutputRequest request,
      StreamObserver<FilesystemRuntimeOutputBatch> observer) {
    calls.stream(
        observer,
        sink -> {
          TaskFiles ofTask = files(OperationId.task(request.getExecId()));
          Operation operation = ofTask.find(request.getExecId());
          Optional<Outcome> outcome = operation.await(patienceMillis(request.getTimeout()));
          if (outcome.isPresent()) {
            send(outcome.get(), operation, sink);
          }
        });
  }

  private static void send(
      Outcome outcome, Operation operation, Sink<FilesystemRuntimeOutputBatch> sink)
      throws IOException, InterruptedException {
    FilesystemRuntimeOutputBatch.Builder batch = FilesystemRuntimeOutputBatch.newBuilder();
    switch (outcome) {
      case Outcome.Failed failed -> sink.send(batch.setError(failed.error()).build());
      case Outcome.Done _ -> {
        int index = 0;
        try (SpoolReader reader = operation.open()) {
          Optional<byte[]> bytes = reader.next(BATCH_BYTES);
          while (bytes.isPresent()) {
            // Nobody else holds the array.
            batch.setBatchIndex(index++).addOutput(UnsafeByteOperations.unsafeWrap(bytes.get()));
            sink.send(batch.build());
            batch.clear();
            bytes = reader.next(BATCH_BYTES);
          }
        }
        sink.send(batch.setBatchIndex(index).setEof(true).build());
      }
    }
  }

  /** The files of a task that runs; waits for a start that is under way. */
  private TaskFiles files(String taskId) throws InterruptedException {
    RunningTask running = tasks.running(taskId);
    Optional<TaskFiles> known = Optional.ofNullable(files.get(running));
    if (known.isPresent()) {
      return known.get();
    }
    TaskFiles fresh = new TaskFiles(taskId, running, folder);
    Optional<TaskFiles> faster = Optional.ofNullable(files.putIfAbsent(running, fresh));
    if (faster.isPresent()) {
      return faster.get();
    }
    running.whenOver(
        () -> {
          files.remove(running);
          fresh.close();
        });
    return fresh;
  }

  private static long patienceMillis(float seconds) {
    float asked = seconds > 0 ? seconds : DEFAULT_PATIENCE_SECONDS;
    return (long) (1_000 * Math.min(asked, MOST_PATIENCE_SECONDS));
  }
}
