package dev.atoll.worker.snapshot;

import dev.atoll.protocol.worker.SnapshotTaskRequest;
import dev.atoll.protocol.worker.SnapshotTaskResponse;
import dev.atoll.worker.calls.Calls;
import io.grpc.stub.StreamObserver;
import java.util.OptionalLong;

/** The worker service's calls about snapshots. */
public final class SnapshotCalls {
  private final Snapshots snapshots;
  private final Calls calls;

  /** Calls over a worker's snapshots. */
  public SnapshotCalls(Snapshots snapshots, Calls calls) {
    this.snapshots = snapshots;
    this.calls = calls;
  }

  /** Makes an image of a task's root file system. */
  public void filesystem(
      SnapshotTaskRequest request, StreamObserver<SnapshotTaskResponse> observer) {
    calls.unary(
        observer,
        () ->
            SnapshotTaskResponse.newBuilder()
                .setImageId(
                    snapshots.filesystem(
                        SnapshotRules.filesystem(
                            request.getTaskId(),
                            request.getSnapshotId(),
                            OptionalLong.of(request.getLifeSeconds()))))
                .build());
  }
}
