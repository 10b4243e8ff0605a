package dev.atoll.worker.task;

import com.google.protobuf.Empty;
import dev.atoll.cells.ExecListener;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.worker.AwaitReadyRequest;
import dev.atoll.protocol.worker.AwaitReadyResponse;
import dev.atoll.protocol.worker.ForgetTaskRequest;
import dev.atoll.protocol.worker.GrantConnectRequest;
import dev.atoll.protocol.worker.GrantConnectResponse;
import dev.atoll.protocol.worker.ListTasksResponse;
import dev.atoll.protocol.worker.ReadTaskOutputRequest;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.TaskOutput;
import dev.atoll.protocol.worker.TaskSpec;
import dev.atoll.protocol.worker.TaskStarted;
import dev.atoll.protocol.worker.TerminateTaskRequest;
import dev.atoll.protocol.worker.WriteTaskStdinRequest;
import dev.atoll.worker.calls.Calls;
import dev.atoll.worker.connect.ConnectAddress;
import dev.atoll.worker.process.OutputStreaming;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The worker service's calls about tasks. */
public final class TaskCalls {
  private final Tasks tasks;
  private final Calls calls;

  /** Calls over a worker's tasks. */
  public TaskCalls(Tasks tasks, Calls calls) {
    this.tasks = tasks;
    this.calls = calls;
  }

  /** Starts a task. */
  public void start(TaskSpec spec, StreamObserver<TaskStarted> observer) {
    calls.unary(observer, () -> tasks.start(spec));
  }

  /** Lists the running tasks. */
  public void list(StreamObserver<ListTasksResponse> observer) {
    calls.unary(observer, () -> ListTasksResponse.newBuilder().addAllTasks(tasks.list()).build());
  }

  /** Ends a task. */
  public void terminate(TerminateTaskRequest request, StreamObserver<TaskEnded> observer) {
    calls.unary(observer, () -> tasks.terminate(request.getTaskId(), request.getTerminatedBy()));
  }

  /** Tells every end. */
  public void watch(StreamObserver<TaskEnded> observer) {
    calls.stream(
        observer,
        sink -> {
          try (EndedFeed.Watch watch = tasks.feed().watch()) {
            while (true) {
              sink.send(watch.next());
            }
          }
        });
  }

  /** Drops an ended task. */
  public void forget(ForgetTaskRequest request, StreamObserver<Empty> observer) {
    calls.unary(
        observer,
        () -> {
          tasks.forget(request.getTaskId());
          return Empty.getDefaultInstance();
        });
  }

  /** Sends the main process's output. */
  public void readOutput(ReadTaskOutputRequest request, StreamObserver<TaskOutput> observer) {
    calls.stream(
        observer,
        sink ->
            OutputStreaming.send(
                tasks.find(request.getTaskId()).main().spool(stream(request.getFileDescriptor())),
                request.getOffset(),
                sink,
                (offset, bytes) ->
                    TaskOutput.newBuilder().setOffset(offset).setData(bytes).build()));
  }

  /** Takes input for the main process. */
  public void writeStdin(WriteTaskStdinRequest request, StreamObserver<Empty> observer) {
    calls.unary(
        observer,
        () -> {
          Task task = tasks.find(request.getTaskId());
          task.running().ifPresent(running -> running.idle().touch());
          task.main()
              .writeStdin(
                  request.getOffset(), request.getData().asReadOnlyByteBuffer(), request.getEof());
          return Empty.getDefaultInstance();
        });
  }

  /** Waits until a task is ready. */
  public void awaitReady(AwaitReadyRequest request, StreamObserver<AwaitReadyResponse> observer) {
    calls.unary(
        observer,
        () -> {
          Instant ready =
              tasks.awaitReady(request.getTaskId(), Duration.ofMillis(request.getPatienceMillis()));
          return AwaitReadyResponse.newBuilder()
              .setReadyAtMicros(ChronoUnit.MICROS.between(Instant.EPOCH, ready))
              .build();
        });
  }

  /** Makes a connect token. */
  public void grantConnect(
      GrantConnectRequest request, StreamObserver<GrantConnectResponse> observer) {
    calls.unary(
        observer,
        () -> {
          ConnectAddress.Access access =
              tasks
                  .running(request.getTaskId())
                  .connectAddress()
                  .grant(request.getPort(), request.getUserMetadata());
          return GrantConnectResponse.newBuilder()
              .setUrl(access.url())
              .setToken(access.token())
              .build();
        });
  }

  private static ExecListener.Stream stream(int descriptor) {
    return switch (descriptor) {
      case 1 -> ExecListener.Stream.STDOUT;
      case 2 -> ExecListener.Stream.STDERR;
      default ->
          throw AtollException.invalid(
              "file_descriptor %d: must be 1 (stdout) or 2 (stderr)", descriptor);
    };
  }
}
