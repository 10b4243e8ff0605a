package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.atoll.conformance.FaultServer.Door;
import dev.atoll.protocol.router.TaskMountDirectoryRequest;
import dev.atoll.protocol.router.TaskUnmountDirectoryRequest;
import dev.atoll.sdk.Sandbox;
import java.util.List;
import java.util.UUID;

/** The mount of an empty image in a sandbox. */
final class FaultMount implements FaultScenario {
  private static final ByteString PATH = ByteString.copyFromUtf8("/mnt");

  private final String key = "mount-" + UUID.randomUUID();
  private String sandboxId = "";

  @Override
  public void prepare(FaultServer server) {
    sandboxId =
        server
            .wire()
            .control()
            .sandboxCreate(server.create(key, List.of("sleep", "600")))
            .getSandboxId();
  }

  @Override
  public void act(FaultServer server) {
    mount(server.door(sandboxId));
  }

  @Override
  public void check(FaultServer server) {
    Door door = server.door(sandboxId);
    mount(door);
    try (Sandbox box = server.atoll().sandboxes().fromId(sandboxId)) {
      assertThat(box.exec("sh", "-c", "echo " + key + " > /mnt/written; cat /mnt/*").readText())
          .isEqualTo(key + "\n");
      var _ =
          door.router()
              .taskUnmountDirectory(
                  TaskUnmountDirectoryRequest.newBuilder()
                      .setTaskId(door.taskId())
                      .setPath(PATH)
                      .build());
      assertThat(box.exec("ls", "/mnt").readText()).isEmpty();
      box.terminateAndWait();
    }
  }

  private static void mount(Door door) {
    var _ =
        door.router()
            .taskMountDirectory(
                TaskMountDirectoryRequest.newBuilder()
                    .setTaskId(door.taskId())
                    .setPath(PATH)
                    .build());
  }
}
