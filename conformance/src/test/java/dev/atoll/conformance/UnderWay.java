package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.protocol.modal.GenericResult.GenericStatus;
import dev.atoll.protocol.modal.Image;
import dev.atoll.protocol.modal.ImageGetOrCreateRequest;
import dev.atoll.protocol.modal.ImageJoinStreamingRequest;
import dev.atoll.protocol.modal.ImageJoinStreamingResponse;
import dev.atoll.protocol.modal.Sandbox;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import dev.atoll.protocol.modal.SandboxGetTaskIdRequest;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.UUID;

/** A create and a build that a server has accepted and can't finish. */
final class UnderWay {
  private static final String ONCE = "echo started; exec sleep 600";

  private final Atoll atoll;
  private final String key = UUID.randomUUID().toString();
  private final SandboxCreateRequest create;
  private final String sandboxId;
  private final String imageId;

  UnderWay(Wire wire, Atoll atoll) {
    this.atoll = atoll;
    App app = atoll.apps().fromName("survivors");
    String tiny = atoll.images().fromRegistry("tiny:1").build(app).id().orElseThrow();
    imageId =
        wire.control()
            .imageGetOrCreate(
                ImageGetOrCreateRequest.newBuilder()
                    .setAppId(app.id())
                    .setImage(
                        Image.newBuilder()
                            .addDockerfileCommands("FROM tiny:1")
                            .addDockerfileCommands("RUN sleep 1; echo built " + key + " > /built"))
                    .build())
            .getImageId();
    create =
        SandboxCreateRequest.newBuilder()
            .setAppId(app.id())
            .setDefinition(
                Sandbox.newBuilder()
                    .setImageId(tiny)
                    .addEntrypointArgs("sh")
                    .addEntrypointArgs("-c")
                    .addEntrypointArgs(ONCE)
                    .setTimeoutSecs(300))
            .build();
    sandboxId = wire.once(key).sandboxCreate(create).getSandboxId();
  }

  /** The repeated create gives the same sandbox, which has started once; the build ends well. */
  void isDoneOnce(Wire wire) throws IOException {
    assertThat(wire.once(key).sandboxCreate(create).getSandboxId()).isEqualTo(sandboxId);
    var task =
        wire.control()
            .sandboxGetTaskId(SandboxGetTaskIdRequest.newBuilder().setSandboxId(sandboxId).build());
    assertThat(task.hasTaskResult()).as(task.toString()).isFalse();
    try (dev.atoll.sdk.Sandbox box = atoll.sandboxes().fromId(sandboxId)) {
      box.exec("true").readText();
      box.terminateAndWait();
      assertThat(box.stdout().readAllBytes())
          .isEqualTo("started\n".getBytes(StandardCharsets.UTF_8));
    }
    Iterator<ImageJoinStreamingResponse> build =
        wire.control()
            .imageJoinStreaming(
                ImageJoinStreamingRequest.newBuilder().setImageId(imageId).setTimeout(30).build());
    ImageJoinStreamingResponse last = ImageJoinStreamingResponse.getDefaultInstance();
    while (build.hasNext()) {
      last = build.next();
    }
    assertThat(last.getResult().getStatus())
        .as(last.toString())
        .isEqualTo(GenericStatus.GENERIC_STATUS_SUCCESS);
  }
}
