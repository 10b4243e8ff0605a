package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.atoll.protocol.modal.GenericResult;
import dev.atoll.protocol.modal.GenericResult.GenericStatus;
import dev.atoll.protocol.modal.Sandbox;
import dev.atoll.protocol.modal.SandboxStdinWriteRequest;
import dev.atoll.protocol.modal.SandboxTerminateRequest;
import dev.atoll.protocol.modal.SandboxWaitRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** A sandbox's end. */
final class FaultEnd implements FaultScenario {
  /** Why it ends. */
  enum Cause {
    /** Its main process exits with 7. */
    EXIT(GenericStatus.GENERIC_STATUS_FAILURE, 7),

    /** A client terminates it. */
    TERMINATE(GenericStatus.GENERIC_STATUS_TERMINATED, 137),

    /** Its lifetime is over. */
    TIMEOUT(GenericStatus.GENERIC_STATUS_TIMEOUT, 124),

    /** Nothing happens in it. */
    IDLE(GenericStatus.GENERIC_STATUS_IDLE_TIMEOUT, 0);

    private final GenericStatus status;
    private final int code;

    Cause(GenericStatus status, int code) {
      this.status = status;
      this.code = code;
    }
  }

  private final String key = "end-" + UUID.randomUUID();
  private final Cause cause;
  private volatile String sandboxId = "";

  FaultEnd(Cause cause) {
    this.cause = cause;
  }

  @Override
  public void prepare(FaultServer server) throws IOException {
    if (cause == Cause.EXIT || cause == Cause.TERMINATE) {
      create(server);
      try (dev.atoll.sdk.Sandbox box = server.atoll().sandboxes().fromId(sandboxId)) {
        assertThat(box.stdoutReader().readLine()).isEqualTo("run");
      }
    }
  }

  @Override
  public void act(FaultServer server) {
    switch (cause) {
      case EXIT ->
          server
              .wire()
              .control()
              .sandboxStdinWrite(
                  SandboxStdinWriteRequest.newBuilder()
                      .setSandboxId(sandboxId)
                      .setIndex(1)
                      .setInput(ByteString.copyFromUtf8("end\n"))
                      .build());
      case TERMINATE -> terminate(server);
      case TIMEOUT, IDLE -> create(server);
    }
    var _ = result(server);
  }

  @Override
  public void check(FaultServer server) throws IOException {
    if (cause == Cause.TERMINATE) {
      terminate(server);
    }
    GenericResult result = result(server);
    assertThat(result.getStatus()).as(result.toString()).isEqualTo(cause.status);
    if (cause != Cause.IDLE) {
      assertThat(result.getExitcode()).as(result.toString()).isEqualTo(cause.code);
      try (dev.atoll.sdk.Sandbox box = server.atoll().sandboxes().fromId(sandboxId)) {
        assertThat(new String(box.stdout().readAllBytes(), StandardCharsets.UTF_8))
            .isEqualTo("run\n");
      }
    }
    assertThat(MarkedProcesses.with(key)).isEmpty();
  }

  private void create(FaultServer server) {
    Sandbox.Builder definition =
        Sandbox.newBuilder().setName(key).setTimeoutSecs(cause == Cause.TIMEOUT ? 1 : 600);
    if (cause == Cause.IDLE) {
      definition.setIdleTimeoutSecs(1);
    } else {
      definition.addAllEntrypointArgs(List.of("sh", "-c", "echo run; read line; exit 7", key));
    }
    sandboxId = server.wire().control().sandboxCreate(server.create(definition)).getSandboxId();
  }

  private void terminate(FaultServer server) {
    var _ =
        server
            .wire()
            .control()
            .sandboxTerminate(SandboxTerminateRequest.newBuilder().setSandboxId(sandboxId).build());
  }

  private GenericResult result(FaultServer server) {
    return server
        .wire()
        .control()
        .sandboxWait(SandboxWaitRequest.newBuilder().setSandboxId(sandboxId).setTimeout(20).build())
        .getResult();
  }
}
