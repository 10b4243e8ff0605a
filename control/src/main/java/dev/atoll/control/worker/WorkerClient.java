package dev.atoll.control.worker;

import com.google.protobuf.Empty;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.errors.StatusMapping;
import dev.atoll.protocol.modal.ContainerFilesystemExecGetOutputRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecResponse;
import dev.atoll.protocol.modal.FilesystemRuntimeOutputBatch;
import dev.atoll.protocol.worker.AwaitReadyRequest;
import dev.atoll.protocol.worker.AwaitReadyResponse;
import dev.atoll.protocol.worker.BootstrapImageRequest;
import dev.atoll.protocol.worker.BuildImageRequest;
import dev.atoll.protocol.worker.ExportImageRequest;
import dev.atoll.protocol.worker.ExportedPart;
import dev.atoll.protocol.worker.ForgetTaskRequest;
import dev.atoll.protocol.worker.GrantConnectRequest;
import dev.atoll.protocol.worker.GrantConnectResponse;
import dev.atoll.protocol.worker.ImageDescription;
import dev.atoll.protocol.worker.ImageProgress;
import dev.atoll.protocol.worker.ImageRequest;
import dev.atoll.protocol.worker.ImportImageRequest;
import dev.atoll.protocol.worker.ListedTask;
import dev.atoll.protocol.worker.PullImageRequest;
import dev.atoll.protocol.worker.PushImageRequest;
import dev.atoll.protocol.worker.ReadTaskOutputRequest;
import dev.atoll.protocol.worker.SnapshotTaskRequest;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.TaskOutput;
import dev.atoll.protocol.worker.TaskSpec;
import dev.atoll.protocol.worker.TaskStarted;
import dev.atoll.protocol.worker.TerminateTaskRequest;
import dev.atoll.protocol.worker.WorkerDescription;
import dev.atoll.protocol.worker.WorkerGrpc;
import dev.atoll.protocol.worker.WriteTaskStdinRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Calls a worker. Every method blocks until the worker has answered and throws {@link
 * AtollException} when it answered with a failure. Streams end early when the caller's gRPC context
 * is cancelled. Thread-safe.
 */
public final class WorkerClient {
  private final WorkerGrpc.WorkerBlockingStub stub;

  /** Creates it on a channel that the caller closes. */
  public WorkerClient(Channel channel) {
    stub = WorkerGrpc.newBlockingStub(channel);
  }

  /** Hears what the making of an image does. */
  public interface ImageListener {
    /** A piece of log, line ends included. */
    void log(String text);

    /** What is being done now, one line. */
    void step(String line);
  }

  /** What the worker runs; waits until it can take work. */
  public WorkerDescription describe() {
    return call(() -> stub.withWaitForReady().describe(Empty.getDefaultInstance()));
  }

  /** Starts a task and waits until it runs. */
  public TaskStarted startTask(TaskSpec spec) {
    return call(() -> stub.startTask(spec));
  }

  /** Every task that runs, also those that the worker has taken over from one that died. */
  public List<ListedTask> listTasks() {
    return call(() -> stub.listTasks(Empty.getDefaultInstance()).getTasksList());
  }

  /** Ends a task and waits until nothing of it runs; NOT_FOUND when the worker doesn't know it. */
  public TaskEnded terminateTask(String taskId, String terminatedBy) {
    return call(
        () ->
            stub.terminateTask(
                TerminateTaskRequest.newBuilder()
                    .setTaskId(taskId)
                    .setTerminatedBy(terminatedBy)
                    .build()));
  }

  /** Hands over every end of a task until the stream breaks, which throws. */
  public void watchTasks(Consumer<TaskEnded> listener) {
    call(
        () -> {
          stub.watchTasks(Empty.getDefaultInstance()).forEachRemaining(listener);
          return true;
        });
  }

  /** Drops an ended task's output. A task that the worker doesn't know is forgotten already. */
  public void forgetTask(String taskId) {
    try {
      call(() -> stub.forgetTask(ForgetTaskRequest.newBuilder().setTaskId(taskId).build()));
    } catch (AtollException failure) {
      if (failure.code() != ErrorCode.NOT_FOUND) {
        throw failure;
      }
    }
  }

  /** A main process's output; the iterator throws gRPC's own exceptions. */
  public Iterator<TaskOutput> readOutput(ReadTaskOutputRequest request) {
    return stub.readTaskOutput(request);
  }

  /** Writes to a main process's stdin; waits while it reads slowly. */
  public void writeStdin(WriteTaskStdinRequest request) {
    call(() -> stub.writeTaskStdin(request));
  }

  /**
   * Makes an image of what a task has written, and gives its id; DEADLINE_EXCEEDED when it takes
   * longer, and then there is none.
   */
  public String snapshotTask(SnapshotTaskRequest request, Duration limit) {
    return call(
        () ->
            stub.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS)
                .snapshotTask(request)
                .getImageId());
  }

  /** When a task was ready; waits for it, DEADLINE_EXCEEDED when the time is over. */
  public AwaitReadyResponse awaitReady(AwaitReadyRequest request) {
    return call(() -> stub.awaitReady(request));
  }

  /** Makes a connect token of a running task. */
  public GrantConnectResponse grantConnect(GrantConnectRequest request) {
    return call(() -> stub.grantConnect(request));
  }

  /** Passes a file call on. */
  public ContainerFilesystemExecResponse filesystemExec(ContainerFilesystemExecRequest request) {
    return call(() -> stub.filesystemExec(request));
  }

  /** A file call's outcome; the iterator throws gRPC's own exceptions. */
  public Iterator<FilesystemRuntimeOutputBatch> filesystemOutput(
      ContainerFilesystemExecGetOutputRequest request) {
    return stub.filesystemExecGetOutput(request);
  }

  /** Makes a registry's image present. */
  public ImageDescription pullImage(PullImageRequest request, ImageListener listener) {
    return image(() -> stub.pullImage(request), listener);
  }

  /** Makes an image of files of the worker's host. */
  public ImageDescription importImage(ImportImageRequest request, ImageListener listener) {
    return image(() -> stub.importImage(request), listener);
  }

  /** Makes an image of Debian packages. */
  public ImageDescription bootstrapImage(BootstrapImageRequest request, ImageListener listener) {
    return image(() -> stub.bootstrapImage(request), listener);
  }

  /** Runs Dockerfile commands. A failing step is FAILED_PRECONDITION with its last lines. */
  public ImageDescription buildImage(BuildImageRequest request, ImageListener listener) {
    return image(() -> stub.buildImage(request), listener);
  }

  /** Gives an image to a registry, and tells the digest that it has there. */
  public String pushImage(PushImageRequest request, ImageListener listener) {
    return call(
        () -> {
          ImageProgress last = follow(stub.pushImage(request), listener);
          return last.getPushed();
        });
  }

  /** An image as an archive; the iterator throws gRPC's own exceptions. */
  public Iterator<ExportedPart> exportImage(ExportImageRequest request) {
    return stub.exportImage(request);
  }

  /** An image of this worker, if it has it. */
  public Optional<ImageDescription> findImage(String digest) {
    try {
      return Optional.of(
          call(() -> stub.getImage(ImageRequest.newBuilder().setDigest(digest).build())));
    } catch (AtollException failure) {
      if (failure.code() == ErrorCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** The digests of this worker's images, but for those that only its step cache knows. */
  public List<String> listImages() {
    return call(() -> stub.listImages(Empty.getDefaultInstance()).getDigestsList());
  }

  /** Forgets an image; FAILED_PRECONDITION while a task uses it. */
  public void removeImage(String digest) {
    call(() -> stub.removeImage(ImageRequest.newBuilder().setDigest(digest).build()));
  }

  private static ImageDescription image(
      Supplier<Iterator<ImageProgress>> call, ImageListener listener) {
    return call(() -> follow(call.get(), listener).getImage());
  }

  /** The last event: what was made. */
  private static ImageProgress follow(Iterator<ImageProgress> progress, ImageListener listener) {
    while (progress.hasNext()) {
      ImageProgress event = progress.next();
      switch (event.getEventCase()) {
        case LOG -> listener.log(event.getLog());
        case STEP -> listener.step(event.getStep());
        case IMAGE, PUSHED -> {
          return event;
        }
        case FAILURE ->
            throw new AtollException(
                ErrorCode.FAILED_PRECONDITION, event.getFailure().getMessage());
        case EVENT_NOT_SET -> {
          // An event of a newer worker.
        }
      }
    }
    throw new AtollException(ErrorCode.INTERNAL, "the worker made no image and no failure");
  }

  private static <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException failure) {
      throw StatusMapping.fromStatus(failure);
    }
  }
}
