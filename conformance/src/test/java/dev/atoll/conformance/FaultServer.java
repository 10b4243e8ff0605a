package dev.atoll.conformance;

import dev.atoll.protocol.modal.Sandbox;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import dev.atoll.protocol.modal.SandboxGetTaskIdRequest;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.sdk.Atoll;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One of the servers that are killed, as a scenario sees it. */
record FaultServer(RunningServer server, Wire wire, Atoll atoll, Path folder, String sharedId)
    implements AutoCloseable {
  /** The tag of the image that sandboxes have. */
  static final String IMAGE = "tiny:1";

  static final String APP = "faults";

  /** A task of a sandbox's, and the door to it. */
  record Door(String taskId, TaskCommandRouterGrpc.TaskCommandRouterBlockingStub router) {}

  /**
   * Connects to it.
   *
   * @param folder for files of scenarios
   * @param sharedId a sandbox that runs all the time
   */
  static FaultServer of(RunningServer server, Path folder, String sharedId) throws IOException {
    return new FaultServer(server, Wire.to(server), server.client(), folder, sharedId);
  }

  /** The router of a sandbox. */
  Door door(String sandboxId) {
    String taskId =
        wire.control()
            .sandboxGetTaskId(SandboxGetTaskIdRequest.newBuilder().setSandboxId(sandboxId).build())
            .getTaskId();
    return new Door(taskId, wire.router(wire.access(sandboxId).getJwt()));
  }

  /** The create of the sandbox that runs all the time. */
  SandboxCreateRequest shared() {
    return create("shared", List.of("sleep", "3600"));
  }

  /** A create of a sandbox on the usual image, without any lifetime to speak of. */
  SandboxCreateRequest create(String name, List<String> command) {
    return create(
        Sandbox.newBuilder().setName(name).addAllEntrypointArgs(command).setTimeoutSecs(900));
  }

  /** {@link #create(String, List)} with what else a definition may say. */
  SandboxCreateRequest create(Sandbox.Builder definition) {
    var app = atoll.apps().fromName(APP, options -> options.createIfMissing(true));
    if (definition.getImageId().isEmpty()) {
      definition.setImageId(wire.admin().inspectImage(name(IMAGE)).getImageId());
    }
    return SandboxCreateRequest.newBuilder().setAppId(app.id()).setDefinition(definition).build();
  }

  static dev.atoll.protocol.admin.ImageName name(String name) {
    return dev.atoll.protocol.admin.ImageName.newBuilder().setName(name).build();
  }

  @Override
  public void close() {
    wire.close();
    atoll.close();
  }
}
