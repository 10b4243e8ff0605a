package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.protocol.modal.GenericResult;
import dev.atoll.protocol.modal.GenericResult.GenericStatus;
import dev.atoll.protocol.modal.Sandbox;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import dev.atoll.protocol.modal.SandboxWaitRequest;
import java.util.UUID;

/** A create of a sandbox without a command whose working folder can't be one. */
final class FaultIdle implements FaultScenario {
  private final String key = "idle-" + UUID.randomUUID();

  private SandboxCreateRequest request(FaultServer server) {
    return server.create(
        Sandbox.newBuilder().setName(key).setTimeoutSecs(60).setWorkdir("/etc/passwd"));
  }

  @Override
  public void act(FaultServer server) {
    var _ = server.wire().once(key).sandboxCreate(request(server));
  }

  @Override
  public void check(FaultServer server) {
    String id = server.wire().once(key).sandboxCreate(request(server)).getSandboxId();
    GenericResult result =
        server
            .wire()
            .control()
            .sandboxWait(SandboxWaitRequest.newBuilder().setSandboxId(id).setTimeout(10).build())
            .getResult();
    assertThat(result.getStatus())
        .as(result.toString())
        .isEqualTo(GenericStatus.GENERIC_STATUS_INIT_FAILURE);
  }
}
