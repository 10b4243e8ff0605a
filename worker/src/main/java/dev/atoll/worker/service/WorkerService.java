package dev.atoll.worker.service;

import com.google.protobuf.Empty;
import com.sun.management.OperatingSystemMXBean;
import dev.atoll.cells.CellHost;
import dev.atoll.images.DiskLimits;
import dev.atoll.images.DiskPool;
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
import dev.atoll.protocol.worker.ListImagesResponse;
import dev.atoll.protocol.worker.ListTasksResponse;
import dev.atoll.protocol.worker.PullImageRequest;
import dev.atoll.protocol.worker.PushImageRequest;
import dev.atoll.protocol.worker.ReadTaskOutputRequest;
import dev.atoll.protocol.worker.SnapshotTaskRequest;
import dev.atoll.protocol.worker.SnapshotTaskResponse;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.TaskOutput;
import dev.atoll.protocol.worker.TaskSpec;
import dev.atoll.protocol.worker.TaskStarted;
import dev.atoll.protocol.worker.TerminateTaskRequest;
import dev.atoll.protocol.worker.WorkerDescription;
import dev.atoll.protocol.worker.WorkerGrpc;
import dev.atoll.protocol.worker.WriteTaskStdinRequest;
import dev.atoll.worker.files.FileCalls;
import dev.atoll.worker.image.ImageCalls;
import dev.atoll.worker.snapshot.SnapshotCalls;
import dev.atoll.worker.task.TaskCalls;
import io.grpc.stub.StreamObserver;
import java.lang.management.ManagementFactory;

/** The control plane's service: hands each call to whom it concerns. */
final class WorkerService extends WorkerGrpc.WorkerImplBase {
  private final CellHost host;
  private final DiskLimits disk;
  private final TaskCalls tasks;
  private final FileCalls files;
  private final SnapshotCalls snapshots;
  private final ImageCalls images;

  WorkerService(
      CellHost host,
      DiskLimits disk,
      TaskCalls tasks,
      FileCalls files,
      SnapshotCalls snapshots,
      ImageCalls images) {
    this.host = host;
    this.disk = disk;
    this.tasks = tasks;
    this.files = files;
    this.snapshots = snapshots;
    this.images = images;
  }

  @Override
  public void describe(Empty request, StreamObserver<WorkerDescription> observer) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    WorkerDescription.Builder description = WorkerDescription.newBuilder();
    switch (disk) {
      case DiskLimits.Present all -> description.setDiskBytes(DiskPool.highestLimit(all.bytes()));
      case DiskLimits.Missing missing -> description.setDiskUnlimited(missing.reason());
    }
    observer.onNext(
        description
            .setTier(host.tier().label())
            .setRuntime(host.runtimeVersion())
            .setMemoryBytes(system.getTotalMemorySize())
            .setCpus(Runtime.getRuntime().availableProcessors())
            .addAllSourceAddresses(host.sourceAddresses())
            .build());
    observer.onCompleted();
  }

  @Override
  public void startTask(TaskSpec request, StreamObserver<TaskStarted> observer) {
    tasks.start(request, observer);
  }

  @Override
  public void listTasks(Empty request, StreamObserver<ListTasksResponse> observer) {
    tasks.list(observer);
  }

  @Override
  public void terminateTask(TerminateTaskRequest request, StreamObserver<TaskEnded> observer) {
    tasks.terminate(request, observer);
  }

  @Override
  public void watchTasks(Empty request, StreamObserver<TaskEnded> observer) {
    tasks.watch(observer);
  }

  @Override
  public void forgetTask(ForgetTaskRequest request, StreamObserver<Empty> observer) {
    tasks.forget(request, observer);
  }

  @Override
  public void readTaskOutput(ReadTaskOutputRequest request, StreamObserver<TaskOutput> observer) {
    tasks.readOutput(request, observer);
  }

  @Override
  public void writeTaskStdin(WriteTaskStdinRequest request, StreamObserver<Empty> observer) {
    tasks.writeStdin(request, observer);
  }

  @Override
  public void awaitReady(AwaitReadyRequest request, StreamObserver<AwaitReadyResponse> observer) {
    tasks.awaitReady(request, observer);
  }

  @Override
  public void grantConnect(
      GrantConnectRequest request, StreamObserver<GrantConnectResponse> observer) {
    tasks.grantConnect(request, observer);
  }

  @Override
  public void filesystemExec(
      ContainerFilesystemExecRequest request,
      StreamObserver<ContainerFilesystemExecResponse> observer) {
    files.begin(request, observer);
  }

  @Override
  public void filesystemExecGetOutput(
      ContainerFilesystemExecGetOutputRequest request,
      StreamObserver<FilesystemRuntimeOutputBatch> observer) {
    files.output(request, observer);
  }

  @Override
  public void snapshotTask(
      SnapshotTaskRequest request, StreamObserver<SnapshotTaskResponse> observer) {
    snapshots.filesystem(request, observer);
  }

  @Override
  public void pullImage(PullImageRequest request, StreamObserver<ImageProgress> observer) {
    images.pull(request, observer);
  }

  @Override
  public void importImage(ImportImageRequest request, StreamObserver<ImageProgress> observer) {
    images.importImage(request, observer);
  }

  @Override
  public void bootstrapImage(
      BootstrapImageRequest request, StreamObserver<ImageProgress> observer) {
    images.bootstrap(request, observer);
  }

  @Override
  public void buildImage(BuildImageRequest request, StreamObserver<ImageProgress> observer) {
    images.build(request, observer);
  }

  @Override
  public void getImage(ImageRequest request, StreamObserver<ImageDescription> observer) {
    images.get(request, observer);
  }

  @Override
  public void listImages(Empty request, StreamObserver<ListImagesResponse> observer) {
    images.list(observer);
  }

  @Override
  public void exportImage(ExportImageRequest request, StreamObserver<ExportedPart> observer) {
    images.export(request, observer);
  }

  @Override
  public void pushImage(PushImageRequest request, StreamObserver<ImageProgress> observer) {
    images.push(request, observer);
  }

  @Override
  public void removeImage(ImageRequest request, StreamObserver<Empty> observer) {
    images.remove(request, observer);
  }
}
