package dev.atoll.sdk;

import com.google.protobuf.ByteString;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskSnapshotDirectoryRequest;
import dev.atoll.protocol.router.TaskSnapshotFilesystemRequest;
import dev.atoll.sdk.transport.ControlPlane;
import dev.atoll.sdk.transport.Router;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Asks for images of a sandbox's files. */
final class Snapshots {
  static final Duration TIMEOUT = Duration.ofSeconds(55);

  private static final long NO_EXPIRY = -1;

  private final ControlPlane controlPlane;
  private final Router router;
  private final String sandboxId;

  Snapshots(ControlPlane controlPlane, Router router, String sandboxId) {
    this.controlPlane = controlPlane;
    this.router = router;
    this.sandboxId = sandboxId;
  }

  Image filesystem(Duration timeout) {
    TaskSnapshotFilesystemRequest request =
        TaskSnapshotFilesystemRequest.newBuilder()
            .setTaskId(router.taskId())
            .setSnapshotId(UUID.randomUUID().toString())
            .setTtlSeconds(NO_EXPIRY)
            .build();
    return image(
        call(TaskCommandRouterGrpc.getTaskSnapshotFilesystemMethod(), request, timeout)
            .getImageId());
  }

  Image directory(String path, Duration timeout) {
    TaskSnapshotDirectoryRequest request =
        TaskSnapshotDirectoryRequest.newBuilder()
            .setTaskId(router.taskId())
            .setPath(ByteString.copyFromUtf8(path))
            .setSnapshotId(UUID.randomUUID().toString())
            .setTtlSeconds(NO_EXPIRY)
            .build();
    return image(
        call(TaskCommandRouterGrpc.getTaskSnapshotDirectoryMethod(), request, timeout)
            .getImageId());
  }

  /** Repeated calls carry the same snapshot id, and so make one image. */
  private <Q, R> R call(MethodDescriptor<Q, R> method, Q request, Duration timeout) {
    return router
        .callWithin(method, request, timeout)
        .orElseThrow(
            () ->
                new CallTimeoutException(
                    "The snapshot of sandbox %s was not done within %s ms"
                        .formatted(sandboxId, timeout.toMillis())));
  }

  private Image image(String imageId) {
    return new Image(controlPlane, Optional.of(imageId), List.of());
  }
}
