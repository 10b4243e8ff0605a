package dev.atoll.control.rpc;

import dev.atoll.control.sandboxes.Sandboxes;
import dev.atoll.control.store.SandboxRow;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.protocol.modal.SandboxCreateConnectTokenRequest;
import dev.atoll.protocol.modal.SandboxCreateConnectTokenResponse;
import dev.atoll.protocol.worker.GrantConnectRequest;
import dev.atoll.protocol.worker.GrantConnectResponse;
import java.time.Duration;

/** The calls about connect tokens, which both generations of the wire share. */
final class ConnectCalls {
  private static final Duration START_PATIENCE = Duration.ofSeconds(55);

  /** What clients mean that can't name a port. */
  private static final int STANDARD_PORT = 8080;

  private final Sandboxes sandboxes;
  private final WorkerClient worker;

  ConnectCalls(Sandboxes sandboxes, WorkerClient worker) {
    this.sandboxes = sandboxes;
    this.worker = worker;
  }

  /** Makes a token; waits until the sandbox runs. */
  SandboxCreateConnectTokenResponse create(SandboxCreateConnectTokenRequest request)
      throws InterruptedException {
    SandboxRow row =
        sandboxes.requireRunning(
            request.getSandboxId(), START_PATIENCE, "its ports can't be reached any more");
    GrantConnectResponse grant =
        worker.grantConnect(
            GrantConnectRequest.newBuilder()
                .setTaskId(row.taskId())
                .setPort(request.hasPort() ? request.getPort() : STANDARD_PORT)
                .setUserMetadata(request.getUserMetadata())
                .build());
    return SandboxCreateConnectTokenResponse.newBuilder()
        .setUrl(grant.getUrl())
        .setToken(grant.getToken())
        .build();
  }
}
