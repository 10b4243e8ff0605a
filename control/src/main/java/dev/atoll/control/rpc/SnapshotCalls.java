package dev.atoll.control.rpc;

import dev.atoll.control.calls.CallMetadata;
import dev.atoll.control.calls.WirePatience;
import dev.atoll.control.sandboxes.Sandboxes;
import dev.atoll.control.store.SandboxRow;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.GenericResult;
import dev.atoll.protocol.modal.GenericResult.GenericStatus;
import dev.atoll.protocol.modal.SandboxSnapshotFsRequest;
import dev.atoll.protocol.modal.SandboxSnapshotFsResponse;
import dev.atoll.protocol.worker.SnapshotTaskRequest;
import java.time.Duration;
import java.util.Optional;

/** The snapshot call of older clients; newer ones ask the command router. */
final class SnapshotCalls {
  private static final Duration STANDARD_TIMEOUT = Duration.ofSeconds(55);
  private static final long FOR_EVER = -1;

  private final Sandboxes sandboxes;
  private final WorkerClient worker;

  SnapshotCalls(Sandboxes sandboxes, WorkerClient worker) {
    this.sandboxes = sandboxes;
    this.worker = worker;
  }

  /**
   * Makes an image of a running sandbox. What a repetition would meet again is a result, because
   * clients repeat calls that end with such a status.
   */
  SandboxSnapshotFsResponse filesystem(SandboxSnapshotFsRequest request)
      throws InterruptedException {
    Duration timeout =
        request.getTimeout() == 0 ? STANDARD_TIMEOUT : WirePatience.of(request.getTimeout());
    long begin = System.nanoTime();
    SandboxRow row =
        sandboxes.requireRunning(
            request.getSandboxId(), timeout, "only a running one has files to copy");
    SnapshotTaskRequest.Builder wanted =
        SnapshotTaskRequest.newBuilder().setTaskId(row.taskId()).setLifeSeconds(FOR_EVER);
    CallMetadata.idempotencyKey().ifPresent(wanted::setSnapshotId);
    try {
      Duration left = timeout.minusNanos(System.nanoTime() - begin);
      return SandboxSnapshotFsResponse.newBuilder()
          .setImageId(worker.snapshotTask(wanted.build(), left))
          .setResult(result(GenericStatus.GENERIC_STATUS_SUCCESS, ""))
          .build();
    } catch (AtollException failure) {
      return SandboxSnapshotFsResponse.newBuilder().setResult(result(failure, timeout)).build();
    }
  }

  private static GenericResult result(AtollException failure, Duration timeout) {
    return switch (failure.code()) {
      case DEADLINE_EXCEEDED ->
          result(
              GenericStatus.GENERIC_STATUS_TIMEOUT,
              "it was not done within %s s".formatted(timeout.toMillis() / 1000.0));
      case RESOURCE_EXHAUSTED, INTERNAL, INVALID_ARGUMENT ->
          result(
              GenericStatus.GENERIC_STATUS_FAILURE,
              Optional.ofNullable(failure.getMessage()).orElse("no reason given"));
      default -> throw failure;
    };
  }

  private static GenericResult result(GenericStatus status, String exception) {
    return GenericResult.newBuilder().setStatus(status).setException(exception).build();
  }
}
