package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.conformance.FaultServer.Door;
import dev.atoll.protocol.router.TaskSnapshotFilesystemRequest;
import dev.atoll.sdk.Sandbox;
import java.util.List;
import java.util.UUID;

/** A snapshot of a file system. */
final class FaultSnapshot implements FaultScenario {
  private final String key = "snapshot-" + UUID.randomUUID();
  private String sandboxId = "";

  @Override
  public void prepare(FaultServer server) throws InterruptedException {
    sandboxId =
        server
            .wire()
            .control()
            .sandboxCreate(server.create(key, List.of("sleep", "600")))
            .getSandboxId();
    try (Sandbox box = server.atoll().sandboxes().fromId(sandboxId)) {
      box.exec("sh", "-c", "cd /srv; echo " + key + " | tee one two > three").waitFor();
    }
  }

  @Override
  public void act(FaultServer server) {
    var _ = snapshot(server);
  }

  @Override
  public void check(FaultServer server) {
    try (Sandbox box = server.atoll().sandboxes().fromId(sandboxId)) {
      assertThat(box.exec("cat", "/srv/one").readText()).as("it goes on").isEqualTo(key + "\n");
      String imageId = snapshot(server);
      assertThat(snapshot(server)).isEqualTo(imageId);
      box.terminateAndWait();
      String copyId =
          server
              .wire()
              .control()
              .sandboxCreate(
                  server.create(
                      dev.atoll.protocol.modal.Sandbox.newBuilder()
                          .setImageId(imageId)
                          .setTimeoutSecs(60)))
              .getSandboxId();
      try (Sandbox copy = server.atoll().sandboxes().fromId(copyId)) {
        assertThat(copy.exec("sh", "-c", "cd /srv; cat one two three").readText())
            .isEqualTo((key + "\n").repeat(3));
        copy.terminateAndWait();
      }
      var _ = server.wire().admin().removeImage(FaultServer.name(imageId));
    }
  }

  private String snapshot(FaultServer server) {
    Door door = server.door(sandboxId);
    return door.router()
        .taskSnapshotFilesystem(
            TaskSnapshotFilesystemRequest.newBuilder()
                .setTaskId(door.taskId())
                .setSnapshotId(key)
                .build())
        .getImageId();
  }
}
