package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.protocol.modal.GenericResult.GenericStatus;
import dev.atoll.protocol.modal.Image;
import dev.atoll.protocol.modal.ImageGetOrCreateRequest;
import dev.atoll.protocol.modal.ImageJoinStreamingRequest;
import dev.atoll.protocol.modal.ImageJoinStreamingResponse;
import dev.atoll.sdk.Sandbox;
import java.util.Iterator;
import java.util.UUID;

/** A build with an idempotency key. */
final class FaultBuild implements FaultScenario {
  private final String key = "build-" + UUID.randomUUID();

  @Override
  public void act(FaultServer server) {
    follow(server, request(server));
  }

  @Override
  public void check(FaultServer server) {
    String imageId = request(server);
    assertThat(request(server)).isEqualTo(imageId);
    follow(server, imageId);
    String sandboxId =
        server
            .wire()
            .control()
            .sandboxCreate(
                server.create(
                    dev.atoll.protocol.modal.Sandbox.newBuilder()
                        .setImageId(imageId)
                        .setTimeoutSecs(60)))
            .getSandboxId();
    try (Sandbox box = server.atoll().sandboxes().fromId(sandboxId)) {
      assertThat(box.exec("cat", "/built").readText()).isEqualTo(key + "\n");
      box.terminateAndWait();
    }
    var _ = server.wire().admin().removeImage(FaultServer.name(imageId));
  }

  private String request(FaultServer server) {
    var app =
        server.atoll().apps().fromName(FaultServer.APP, options -> options.createIfMissing(true));
    return server
        .wire()
        .once(key)
        .imageGetOrCreate(
            ImageGetOrCreateRequest.newBuilder()
                .setAppId(app.id())
                .setImage(
                    Image.newBuilder()
                        .addDockerfileCommands("FROM " + FaultServer.IMAGE)
                        .addDockerfileCommands("ENV KEY=" + key)
                        .addDockerfileCommands("RUN echo $KEY >> /built"))
                .build())
        .getImageId();
  }

  private static void follow(FaultServer server, String imageId) {
    Iterator<ImageJoinStreamingResponse> build =
        server
            .wire()
            .control()
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
