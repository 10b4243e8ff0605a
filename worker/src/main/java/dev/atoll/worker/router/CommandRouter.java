package dev.atoll.worker.router;

import com.google.protobuf.Empty;
import dev.atoll.cells.ExecListener;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.router.SandboxStdinWriteV2Request;
import dev.atoll.protocol.router.SandboxStdinWriteV2Response;
import dev.atoll.protocol.router.SandboxStdioFileDescriptor;
import dev.atoll.protocol.router.SandboxStdioReadV2Request;
import dev.atoll.protocol.router.SandboxStdioReadV2Response;
import dev.atoll.protocol.router.SandboxWaitUntilReadyTcrRequest;
import dev.atoll.protocol.router.SandboxWaitUntilReadyTcrResponse;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskExecPollRequest;
import dev.atoll.protocol.router.TaskExecPollResponse;
import dev.atoll.protocol.router.TaskExecStartRequest;
import dev.atoll.protocol.router.TaskExecStartResponse;
import dev.atoll.protocol.router.TaskExecStdinStatusRequest;
import dev.atoll.protocol.router.TaskExecStdinStatusResponse;
import dev.atoll.protocol.router.TaskExecStdinWriteRequest;
import dev.atoll.protocol.router.TaskExecStdinWriteResponse;
import dev.atoll.protocol.router.TaskExecStdinWriteStreamRequest;
import dev.atoll.protocol.router.TaskExecStdinWriteStreamResponse;
import dev.atoll.protocol.router.TaskExecStdinWriteStreamStart;
import dev.atoll.protocol.router.TaskExecStdioFileDescriptor;
import dev.atoll.protocol.router.TaskExecStdioReadRequest;
import dev.atoll.protocol.router.TaskExecStdioReadResponse;
import dev.atoll.protocol.router.TaskExecWaitRequest;
import dev.atoll.protocol.router.TaskExecWaitResponse;
import dev.atoll.protocol.router.TaskMountDirectoryRequest;
import dev.atoll.protocol.router.TaskSetNetworkAccessRequest;
import dev.atoll.protocol.router.TaskSetNetworkAccessResponse;
import dev.atoll.protocol.router.TaskSnapshotDirectoryRequest;
import dev.atoll.protocol.router.TaskSnapshotDirectoryResponse;
import dev.atoll.protocol.router.TaskSnapshotFilesystemRequest;
import dev.atoll.protocol.router.TaskSnapshotFilesystemResponse;
import dev.atoll.protocol.router.TaskUnmountDirectoryRequest;
import dev.atoll.worker.Snapshot;
import dev.atoll.worker.TaskAccess;
import dev.atoll.worker.cell.NetworkPolicies;
import dev.atoll.worker.mount.FolderPaths;
import dev.atoll.worker.process.OutputStreaming;
import dev.atoll.worker.process.Stdin;
import dev.atoll.worker.process.TaskProcess;
import dev.atoll.worker.snapshot.SnapshotRules;
import dev.atoll.worker.snapshot.Snapshots;
import dev.atoll.worker.task.ExecRequest;
import dev.atoll.worker.task.RunningTask;
import dev.atoll.worker.task.Tasks;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * The client-facing service. Each call names a task, which must be the one that its token opens;
 * once the task has ended every call is NOT_FOUND, except the question how an exec ended when the
 * task died under it. What the service declares and this class doesn't answer is UNIMPLEMENTED.
 */
final class CommandRouter extends TaskCommandRouterGrpc.TaskCommandRouterImplBase {
  private final Tasks tasks;
  private final Snapshots snapshots;
  private final ImageMounts mounts;
  private final GatedCalls calls;
  private final ExecRequests requests;
  private final StdinStreams stdinStreams = new StdinStreams();

  CommandRouter(
      Tasks tasks,
      Snapshots snapshots,
      ImageMounts mounts,
      GatedCalls calls,
      ExecRequests requests) {
    this.tasks = tasks;
    this.snapshots = snapshots;
    this.mounts = mounts;
    this.calls = calls;
    this.requests = requests;
  }

  @Override
  public void taskExecStart(
      TaskExecStartRequest request, StreamObserver<TaskExecStartResponse> observer) {
    TaskAccess access = TokenGate.permission().access();
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          RunningTask running = tasks.running(request.getTaskId());
          ExecRequest wanted = requests.of(request, access);
          tasks.find(request.getTaskId()).execs().start(running, request.getExecId(), wanted);
          return TaskExecStartResponse.getDefaultInstance();
        });
  }

  @Override
  public void taskExecStdioRead(
      TaskExecStdioReadRequest request, StreamObserver<TaskExecStdioReadResponse> observer) {
    calls.stream(
        request.getTaskId(),
        observer,
        sink ->
            OutputStreaming.send(
                exec(request.getTaskId(), request.getExecId())
                    .spool(stream(request.getFileDescriptor())),
                request.getOffset(),
                sink,
                (_, bytes) -> TaskExecStdioReadResponse.newBuilder().setData(bytes).build()));
  }

  @Override
  public void taskExecWait(
      TaskExecWaitRequest request, StreamObserver<TaskExecWaitResponse> observer) {
    calls.unary(
        request.getTaskId(),
        observer,
        () -> ExecStatus.waited(execOrEnd(request.getTaskId(), request.getExecId()).ended().get()));
  }

  @Override
  public void taskExecPoll(
      TaskExecPollRequest request, StreamObserver<TaskExecPollResponse> observer) {
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          var ended = execOrEnd(request.getTaskId(), request.getExecId()).ended();
          return ended.isDone()
              ? ExecStatus.polled(ended.get())
              : TaskExecPollResponse.getDefaultInstance();
        });
  }

  @Override
  public void taskExecStdinWrite(
      TaskExecStdinWriteRequest request, StreamObserver<TaskExecStdinWriteResponse> observer) {
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          TaskProcess process = exec(request.getTaskId(), request.getExecId());
          process.writeStdin(
              offset(request.getOffset()),
              request.getData().asReadOnlyByteBuffer(),
              request.getEof());
          return TaskExecStdinWriteResponse.getDefaultInstance();
        });
  }

  @Override
  public StreamObserver<TaskExecStdinWriteStreamRequest> taskExecStdinWriteStream(
      StreamObserver<TaskExecStdinWriteStreamResponse> observer) {
    return calls.collect(
        observer,
        (source, permission) -> {
          TaskExecStdinWriteStreamStart start = StdinStreams.start(source);
          permission.check(start.getTaskId());
          TaskProcess process = exec(start.getTaskId(), start.getExecId());
          return stdinStreams.write(process, offset(start.getOffset()), source);
        });
  }

  @Override
  public void taskExecStdinStatus(
      TaskExecStdinStatusRequest request, StreamObserver<TaskExecStdinStatusResponse> observer) {
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          TaskProcess process = exec(request.getTaskId(), request.getExecId());
          stdinStreams.evict(process);
          Stdin.State state = process.stdin();
          return TaskExecStdinStatusResponse.newBuilder()
              .setNumBytesWritten(state.accepted())
              .setClosed(state.closed())
              .build();
        });
  }

  @Override
  public void sandboxWaitUntilReady(
      SandboxWaitUntilReadyTcrRequest request,
      StreamObserver<SandboxWaitUntilReadyTcrResponse> observer) {
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          Duration patience = Duration.ofMillis(Math.round(request.getTimeout() * 1000.0));
          Instant ready = tasks.awaitReady(request.getTaskId(), patience);
          return SandboxWaitUntilReadyTcrResponse.newBuilder()
              .setReadyAt(ready.toEpochMilli() / 1000.0)
              .build();
        });
  }

  @Override
  public void taskSnapshotFilesystem(
      TaskSnapshotFilesystemRequest request,
      StreamObserver<TaskSnapshotFilesystemResponse> observer) {
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          UnservedFields.refuse(
              request.getContainerId(), request.hasCustomerSuppliedEncryptionKey());
          Snapshot snapshot =
              SnapshotRules.filesystem(
                  request.getTaskId(),
                  request.getSnapshotId(),
                  request.hasTtlSeconds()
                      ? OptionalLong.of(request.getTtlSeconds())
                      : OptionalLong.empty());
          return TaskSnapshotFilesystemResponse.newBuilder()
              .setImageId(snapshots.filesystem(snapshot))
              .build();
        });
  }

  @Override
  public void taskSnapshotDirectory(
      TaskSnapshotDirectoryRequest request,
      StreamObserver<TaskSnapshotDirectoryResponse> observer) {
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          UnservedFields.refuse(
              request.getContainerId(), request.hasCustomerSuppliedEncryptionKey());
          Snapshot snapshot =
              SnapshotRules.directory(
                  request.getTaskId(),
                  request.getSnapshotId(),
                  request.hasTtlSeconds()
                      ? OptionalLong.of(request.getTtlSeconds())
                      : OptionalLong.empty());
          return TaskSnapshotDirectoryResponse.newBuilder()
              .setImageId(snapshots.directory(snapshot, FolderPaths.parse(request.getPath())))
              .build();
        });
  }

  @Override
  public void taskMountDirectory(
      TaskMountDirectoryRequest request, StreamObserver<Empty> observer) {
    TaskAccess access = TokenGate.permission().access();
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          mounts.mount(request, access);
          return Empty.getDefaultInstance();
        });
  }

  @Override
  public void taskUnmountDirectory(
      TaskUnmountDirectoryRequest request, StreamObserver<Empty> observer) {
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          mounts.unmount(request);
          return Empty.getDefaultInstance();
        });
  }

  @Override
  public void sandboxStdinWriteV2(
      SandboxStdinWriteV2Request request, StreamObserver<SandboxStdinWriteV2Response> observer) {
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          tasks.running(request.getTaskId()).idle().touch();
          tasks
              .find(request.getTaskId())
              .main()
              .writeStdin(
                  offset(request.getOffset()),
                  request.getData().asReadOnlyByteBuffer(),
                  request.getEof());
          return SandboxStdinWriteV2Response.getDefaultInstance();
        });
  }

  @Override
  public void sandboxStdioReadV2(
      SandboxStdioReadV2Request request, StreamObserver<SandboxStdioReadV2Response> observer) {
    calls.stream(
        request.getTaskId(),
        observer,
        sink -> {
          var _ = tasks.running(request.getTaskId());
          OutputStreaming.send(
              tasks.find(request.getTaskId()).main().spool(stream(request.getFileDescriptor())),
              request.getOffset(),
              sink,
              (offset, bytes) ->
                  SandboxStdioReadV2Response.newBuilder()
                      .setStartingOffset(offset)
                      .setData(bytes)
                      .build());
        });
  }

  @Override
  public void taskSetNetworkAccess(
      TaskSetNetworkAccessRequest request, StreamObserver<TaskSetNetworkAccessResponse> observer) {
    calls.unary(
        request.getTaskId(),
        observer,
        () -> {
          RunningTask running = tasks.running(request.getTaskId());
          running.idle().touch();
          running.networkPolicy(NetworkPolicies.of(request.getNetworkAccess()));
          return TaskSetNetworkAccessResponse.getDefaultInstance();
        });
  }

  private TaskProcess exec(String taskId, String execId) throws InterruptedException {
    var _ = tasks.running(taskId);
    return tasks.find(taskId).execs().find(execId);
  }

  /** An exec that can be asked how it ended, also when the task died under it. */
  private TaskProcess execOrEnd(String taskId, String execId) throws InterruptedException {
    return tasks.withEnds(taskId).execs().find(execId);
  }

  private static long offset(long offset) {
    if (offset < 0) {
      throw AtollException.invalid("offset %s: beyond any input", Long.toUnsignedString(offset));
    }
    return offset;
  }

  private static ExecListener.Stream stream(TaskExecStdioFileDescriptor descriptor) {
    return switch (descriptor) {
      case TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDOUT -> ExecListener.Stream.STDOUT;
      case TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDERR -> ExecListener.Stream.STDERR;
      case UNRECOGNIZED ->
          throw AtollException.invalid("file_descriptor: must be STDOUT (0) or STDERR (1)");
    };
  }

  private static ExecListener.Stream stream(SandboxStdioFileDescriptor descriptor) {
    return switch (descriptor) {
      case SANDBOX_STDIO_FILE_DESCRIPTOR_STDOUT -> ExecListener.Stream.STDOUT;
      case SANDBOX_STDIO_FILE_DESCRIPTOR_STDERR -> ExecListener.Stream.STDERR;
      case UNRECOGNIZED ->
          throw AtollException.invalid("file_descriptor: must be STDOUT (0) or STDERR (1)");
    };
  }
}
