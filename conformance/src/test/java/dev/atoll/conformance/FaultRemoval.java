package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Sandbox;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** The removal of an image on which a sandbox has run. */
final class FaultRemoval implements FaultScenario {
  private String imageId = "";

  @Override
  public void prepare(FaultServer server) throws InterruptedException {
    App app = server.atoll().apps().fromName(FaultServer.APP);
    try (Sandbox shared = server.atoll().sandboxes().fromId(server.sharedId())) {
      imageId = shared.snapshotFilesystem().id().orElseThrow();
    }
    try (Sandbox box =
        server.atoll().sandboxes().create(app, server.atoll().images().fromId(imageId))) {
      var _ = box.exec("true").waitFor();
      box.terminateAndWait();
    }
  }

  @Override
  public void act(FaultServer server) {
    remove(server);
  }

  @Override
  public void check(FaultServer server) {
    try {
      remove(server);
    } catch (StatusRuntimeException gone) {
      assertThat(gone.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }
    assertThat(server.wire().admin().listImages(Empty.getDefaultInstance()).getImagesList())
        .noneMatch(image -> image.getImageId().equals(imageId));
  }

  private void remove(FaultServer server) {
    var _ = server.wire().admin().removeImage(FaultServer.name(imageId));
  }
}
