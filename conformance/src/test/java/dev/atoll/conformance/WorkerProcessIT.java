package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.atoll.control.store.Ids;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.ContainerFileCloseRequest;
import dev.atoll.protocol.modal.ContainerFileOpenRequest;
import dev.atoll.protocol.modal.ContainerFileReadRequest;
import dev.atoll.protocol.modal.ContainerFileWriteRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecGetOutputRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecResponse;
import dev.atoll.protocol.modal.FilesystemRuntimeOutputBatch;
import dev.atoll.protocol.modal.PortSpec;
import dev.atoll.protocol.modal.Probe;
import dev.atoll.protocol.modal.TunnelData;
import dev.atoll.protocol.router.TaskExecStartRequest;
import dev.atoll.protocol.router.TaskExecStderrConfig;
import dev.atoll.protocol.router.TaskExecStdinWriteRequest;
import dev.atoll.protocol.router.TaskExecStdioFileDescriptor;
import dev.atoll.protocol.router.TaskExecStdioReadRequest;
import dev.atoll.protocol.router.TaskExecStdioReadResponse;
import dev.atoll.protocol.router.TaskExecStdoutConfig;
import dev.atoll.protocol.router.TaskExecWaitRequest;
import dev.atoll.protocol.worker.AwaitReadyRequest;
import dev.atoll.protocol.worker.EndCause;
import dev.atoll.protocol.worker.ImportImageRequest;
import dev.atoll.protocol.worker.ListedTask;
import dev.atoll.protocol.worker.ReadTaskOutputRequest;
import dev.atoll.protocol.worker.Resources;
import dev.atoll.protocol.worker.SnapshotTaskRequest;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.TaskOutput;
import dev.atoll.protocol.worker.TaskSpec;
import dev.atoll.protocol.worker.TaskStarted;
import dev.atoll.protocol.worker.WriteTaskStdinRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The control plane's interface to a worker, and the clients' own, carry everything over a network
 * too: the worker here is in a JVM of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class WorkerProcessIT {
  private static final int MANY_BYTES = 48 << 20;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Map<String, CompletableFuture<TaskEnded>> ends = new ConcurrentHashMap<>();
  private final CompletableFuture<AtollException> watchBroke = new CompletableFuture<>();
  private WorkerProcess process;
  private WorkerClient worker;
  private String tiny;

  @BeforeAll
  void start(@TempDir Path folder, @TempDir Path images) throws IOException, InterruptedException {
    process = WorkerProcess.start("runc", folder);
    worker = process.client();
    List<String> steps = new ArrayList<>();
    Path root = TinyRoot.folder(images.resolve("root"));
    tiny =
        worker
            .importImage(
                ImportImageRequest.newBuilder().setPath(root.toString()).build(),
                new WorkerClient.ImageListener() {
                  @Override
                  public void log(String text) {
                    steps.add(text);
                  }

                  @Override
                  public void step(String line) {
                    steps.add(line);
                  }
                })
            .getDigest();
    assertThat(steps).as("the stream of an import's steps").isNotEmpty();
    Thread.ofVirtual().start(this::watch);
  }

  private void watch() {
    try {
      worker.watchTasks(end -> end(end.getTaskId()).complete(end));
    } catch (AtollException broken) {
      watchBroke.complete(broken);
    }
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    String taskId = Ids.mintTask();
    try (var _ = process) {
      worker.startTask(task(taskId).build());
    }
    assertThat(ended(taskId).getTerminatedBy()).isEqualTo("server stopping");
    assertThat(watchBroke)
        .succeedsWithin(LIMIT)
        .extracting(AtollException::code)
        .isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void theWorkerIsAnotherProcess() {
    assertThat(process.pid()).isNotEqualTo(ProcessHandle.current().pid());
    assertThat(worker.describe().getTier()).isEqualTo("runc");
    assertThat(worker.findImage("sha256:" + "0".repeat(64))).isEmpty();
  }

  @Test
  void aMainProcessIsWrittenToReadAndHeardOfWhenItEnds() {
    String taskId = Ids.mintTask();
    String program = "read line; echo got $line; echo warned >&2; cat; exit 3";
    worker.startTask(task(taskId).addAllCommand(List.of("sh", "-c", program)).build());
    Iterator<TaskOutput> output = worker.readOutput(output(taskId, 1).build());
    worker.writeStdin(stdin(taskId, 0, "first\n").build());
    assertThat(output.next().getData().toStringUtf8())
        .as("read while the process runs")
        .isEqualTo("got first\n");
    worker.writeStdin(stdin(taskId, 0, "first\n").build());
    worker.writeStdin(stdin(taskId, 6, "second\n").setEof(true).build());
    assertThat(text(output)).isEqualTo("second\n");
    TaskEnded end = ended(taskId);
    assertThat(end.getCause()).isEqualTo(EndCause.EXITED);
    assertThat(end.getExitCode()).isEqualTo(3);
    assertThat(text(worker.readOutput(output(taskId, 2).build())))
        .as("read after the end")
        .isEqualTo("warned\n");
    assertThat(text(worker.readOutput(output(taskId, 1).setOffset(4).build())))
        .isEqualTo("first\nsecond\n");
    worker.forgetTask(taskId);
    assertThat(
            catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> text(worker.readOutput(output(taskId, 1).build())))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void anExecGoesPastTheControlPlane() {
    String taskId = Ids.mintTask();
    worker.startTask(task(taskId).build());
    var router = process.router(taskId);
    TaskExecStartRequest start =
        TaskExecStartRequest.newBuilder()
            .setTaskId(taskId)
            .setExecId("exec-1")
            .addAllCommandArgs(
                List.of("sh", "-c", "cat; echo $ST >&2; head -c " + MANY_BYTES + " /dev/zero"))
            .addSecretIds("ST")
            .setStdoutConfig(TaskExecStdoutConfig.TASK_EXEC_STDOUT_CONFIG_PIPE)
            .setStderrConfig(TaskExecStderrConfig.TASK_EXEC_STDERR_CONFIG_PIPE)
            .build();
    assertThat(
            catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> process.router(Ids.mintTask()).taskExecStart(start))
                .getStatus()
                .getCode())
        .as("another task's token")
        .isIn(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED);
    assertThat(
            catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> process.withToken("none").taskExecStart(start))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    router.taskExecStart(start);
    router.taskExecStdinWrite(
        TaskExecStdinWriteRequest.newBuilder()
            .setTaskId(taskId)
            .setExecId("exec-1")
            .setData(ByteString.copyFromUtf8("in\n"))
            .setEof(true)
            .build());
    TaskExecStdioReadRequest.Builder read =
        TaskExecStdioReadRequest.newBuilder().setTaskId(taskId).setExecId("exec-1");
    Iterator<TaskExecStdioReadResponse> output =
        router.taskExecStdioRead(
            read.setFileDescriptor(
                    TaskExecStdioFileDescriptor.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDOUT)
                .build());
    ByteString first = output.next().getData();
    assertThat(first.substring(0, 3).toStringUtf8()).isEqualTo("in\n");
    long bytes = first.size();
    while (output.hasNext()) {
      bytes += output.next().getData().size();
    }
    assertThat(bytes).isEqualTo(3L + MANY_BYTES);
    assertThat(
            router
                .taskExecStdioRead(
                    read.setFileDescriptor(
                            TaskExecStdioFileDescriptor.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDERR)
                        .build())
                .next()
                .getData()
                .toStringUtf8())
        .isEqualTo(WorkerMain.SECRET + "\n");
    assertThat(
            router
                .taskExecWait(
                    TaskExecWaitRequest.newBuilder().setTaskId(taskId).setExecId("exec-1").build())
                .getCode())
        .isZero();
    worker.terminateTask(taskId, "client");
  }

  @Test
  void filesAreWrittenAndASnapshotOfThemIsAnImage() {
    String taskId = Ids.mintTask();
    worker.startTask(task(taskId).build());
    ByteString content =
        ByteString.copyFrom(new byte[3 << 20]).concat(ByteString.copyFromUtf8("."));
    String file = open(taskId, "w");
    file(
        taskId,
        ContainerFilesystemExecRequest.newBuilder()
            .setFileWriteRequest(
                ContainerFileWriteRequest.newBuilder().setFileDescriptor(file).setData(content)));
    file(
        taskId,
        ContainerFilesystemExecRequest.newBuilder()
            .setFileCloseRequest(ContainerFileCloseRequest.newBuilder().setFileDescriptor(file)));
    String image =
        worker.snapshotTask(
            SnapshotTaskRequest.newBuilder()
                .setTaskId(taskId)
                .setSnapshotId("snapshot-1")
                .setLifeSeconds(-1)
                .build(),
            Duration.ofSeconds(30));
    assertThat(worker.findImage(image)).isPresent();
    worker.terminateTask(taskId, "client");

    String second = Ids.mintTask();
    worker.startTask(task(second).setImageDigest(image).build());
    ContainerFilesystemExecRequest.Builder read =
        ContainerFilesystemExecRequest.newBuilder()
            .setFileReadRequest(
                ContainerFileReadRequest.newBuilder().setFileDescriptor(open(second, "r")));
    assertThat(file(second, read)).isEqualTo(content);
    assertThat(catchThrowableOfType(AtollException.class, () -> worker.removeImage(image)).code())
        .as("a task runs on it")
        .isEqualTo(ErrorCode.FAILED_PRECONDITION);
    worker.terminateTask(second, "client");
    worker.removeImage(image);
    assertThat(worker.findImage(image)).isEmpty();
  }

  @Test
  void aTunnelLeadsToTheTaskUntilItIsTerminated() throws IOException, InterruptedException {
    String taskId = Ids.mintTask();
    String serve = "echo from inside > /srv/index.html; exec httpd -f -p 8000 -h /srv";
    TaskStarted started =
        worker.startTask(
            task(taskId)
                .addAllCommand(List.of("sh", "-c", serve))
                .setReadinessProbe(Probe.newBuilder().setTcpPort(8000))
                .addOpenPorts(PortSpec.newBuilder().setPort(8000).setUnencrypted(true))
                .build());
    worker.awaitReady(
        AwaitReadyRequest.newBuilder().setTaskId(taskId).setPatienceMillis(20_000).build());
    TunnelData tunnel = started.getTunnels(0);
    assertThat(tunnel.getContainerPort()).isEqualTo(8000);
    assertThat(get(tunnel)).isEqualTo("from inside\n");
    assertThat(worker.listTasks())
        .filteredOn(task -> task.getTaskId().equals(taskId))
        .extracting(ListedTask::getStarted)
        .containsExactly(started);
    TaskEnded end = worker.terminateTask(taskId, "operator");
    assertThat(end.getCause()).isEqualTo(EndCause.TERMINATED);
    assertThat(ended(taskId)).isEqualTo(end).extracting("terminatedBy").isEqualTo("operator");
    assertThat(
            catchThrowableOfType(
                    AtollException.class, () -> worker.terminateTask(Ids.mintTask(), "client"))
                .code())
        .isEqualTo(ErrorCode.NOT_FOUND);
  }

  private static String get(TunnelData tunnel) throws IOException, InterruptedException {
    URI address =
        URI.create(
            "http://%s:%d/index.html"
                .formatted(tunnel.getUnencryptedHost(), tunnel.getUnencryptedPort()));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private String open(String taskId, String mode) {
    ContainerFilesystemExecResponse opened =
        worker.filesystemExec(
            ContainerFilesystemExecRequest.newBuilder()
                .setTaskId(taskId)
                .setFileOpenRequest(
                    ContainerFileOpenRequest.newBuilder().setPath("/srv/file").setMode(mode))
                .build());
    outcome(opened);
    return opened.getFileDescriptor();
  }

  private ByteString file(String taskId, ContainerFilesystemExecRequest.Builder request) {
    return outcome(worker.filesystemExec(request.setTaskId(taskId).build()));
  }

  private ByteString outcome(ContainerFilesystemExecResponse begun) {
    ByteString output = ByteString.EMPTY;
    FilesystemRuntimeOutputBatch last = FilesystemRuntimeOutputBatch.getDefaultInstance();
    Iterator<FilesystemRuntimeOutputBatch> batches =
        worker.filesystemOutput(
            ContainerFilesystemExecGetOutputRequest.newBuilder()
                .setExecId(begun.getExecId())
                .build());
    while (batches.hasNext()) {
      last = batches.next();
      output = output.concat(ByteString.copyFrom(last.getOutputList()));
    }
    assertThat(last.getEof()).as(last.toString()).isTrue();
    return output;
  }

  private TaskSpec.Builder task(String taskId) {
    return TaskSpec.newBuilder()
        .setTaskId(taskId)
        .setSandboxId(Ids.mint("sb"))
        .setImageDigest(tiny)
        .setWorkdir("/")
        .putEnvironment("PATH", "/bin")
        .setResources(
            Resources.newBuilder()
                .setCpuRequestMillis(125)
                .setCpuLimitMillis(2000)
                .setMemoryRequestBytes(64 << 20)
                .setMemoryLimitBytes(512 << 20))
        .setLifetimeMillis(TimeUnit.MINUTES.toMillis(2));
  }

  /** What the watch tells of a task's end; waits for it. */
  private TaskEnded ended(String taskId) {
    assertThat(end(taskId)).succeedsWithin(LIMIT);
    return end(taskId).join();
  }

  private CompletableFuture<TaskEnded> end(String taskId) {
    return ends.computeIfAbsent(taskId, id -> new CompletableFuture<>());
  }

  private static ReadTaskOutputRequest.Builder output(String taskId, int fileDescriptor) {
    return ReadTaskOutputRequest.newBuilder().setTaskId(taskId).setFileDescriptor(fileDescriptor);
  }

  private static WriteTaskStdinRequest.Builder stdin(String taskId, long offset, String text) {
    return WriteTaskStdinRequest.newBuilder()
        .setTaskId(taskId)
        .setOffset(offset)
        .setData(ByteString.copyFromUtf8(text));
  }

  private static String text(Iterator<TaskOutput> output) {
    StringBuilder text = new StringBuilder();
    output.forEachRemaining(piece -> text.append(piece.getData().toStringUtf8()));
    return text.toString();
  }
}
