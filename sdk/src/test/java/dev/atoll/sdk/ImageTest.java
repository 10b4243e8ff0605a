package dev.atoll.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.protocol.modal.GenericResult;
import dev.atoll.protocol.modal.GenericResult.GenericStatus;
import dev.atoll.protocol.modal.ImageGetOrCreateRequest;
import dev.atoll.protocol.modal.ImageGetOrCreateResponse;
import dev.atoll.protocol.modal.ImageJoinStreamingRequest;
import dev.atoll.protocol.modal.ImageJoinStreamingResponse;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.TaskLogs;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Definitions of images, and their builds. */
class ImageTest {
  private final FakeServer server = new FakeServer().withSandbox();
  private final Atoll client = server.client();
  private final App app = new App("ap-1", "test");
  private final AtomicInteger images = new AtomicInteger();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void eachLayerNamesTheOneBelow() {
    buildsAtOnce();
    Image image =
        client
            .images()
            .fromRegistry("python:3.13")
            .dockerfileCommands("RUN pip install requests", "ENV A=b")
            .dockerfileCommands(
                List.of("RUN true"), layer -> layer.forceBuild(true).secret(new Secret("st-1")))
            .dockerfileCommands();

    assertThat(image.id()).isEmpty();
    assertThat(image.build(app).id()).contains("im-3");
    image.build(app);

    List<ImageGetOrCreateRequest> requests = requests();
    assertThat(requests).hasSize(3);
    assertThat(requests.get(0).getImage().getDockerfileCommandsList())
        .containsExactly("FROM python:3.13");
    assertThat(requests.get(0).getImage().getBaseImagesList()).isEmpty();
    assertThat(requests.get(1).getImage().getDockerfileCommandsList())
        .containsExactly("FROM base", "RUN pip install requests", "ENV A=b");
    assertThat(requests.get(1).getImage().getBaseImages(0).getImageId()).isEqualTo("im-1");
    assertThat(requests.get(1).getForceBuild()).isFalse();
    assertThat(requests.get(2).getImage().getBaseImages(0).getImageId()).isEqualTo("im-2");
    assertThat(requests.get(2).getImage().getSecretIdsList()).containsExactly("st-1");
    assertThat(requests.get(2).getForceBuild()).isTrue();
  }

  @Test
  void aLayerOnABuiltImageBuildsOnlyItself() {
    buildsAtOnce();

    client.images().fromId("im-base").dockerfileCommands("RUN true").build(app);

    assertThat(requests()).hasSize(1);
    assertThat(requests().getFirst().getImage().getBaseImages(0).getImageId()).isEqualTo("im-base");
  }

  @Test
  void theLogIsStreamedAndResumedUntilTheResult() {
    server.unary(
        ModalClientGrpc.getImageGetOrCreateMethod(),
        q -> ImageGetOrCreateResponse.newBuilder().setImageId("im-1").build());
    server.stream(
        ModalClientGrpc.getImageJoinStreamingMethod(),
        (request, out) -> {
          if (request.getLastEntryId().isEmpty()) {
            out.onNext(log("1", "Step 1\n"));
            out.onNext(log("2", "Step 2\n"));
          } else {
            out.onNext(log("3", "Step 3\n"));
            out.onNext(result(GenericStatus.GENERIC_STATUS_SUCCESS, ""));
          }
        });
    StringBuilder log = new StringBuilder();

    client.images().fromRegistry("python:3.13").build(app, log::append);

    assertThat(log.toString()).isEqualTo("Step 1\nStep 2\nStep 3\n");
    assertThat(
            server.calls(ModalClientGrpc.getImageJoinStreamingMethod()).stream()
                .map(c -> ((ImageJoinStreamingRequest) c.request()).getLastEntryId()))
        .containsExactly("", "2");
  }

  @Test
  void aFailedBuildCarriesItsReasonAndTheEndOfItsLog() {
    server.unary(
        ModalClientGrpc.getImageGetOrCreateMethod(),
        q -> ImageGetOrCreateResponse.newBuilder().setImageId("im-bad").build());
    server.stream(
        ModalClientGrpc.getImageJoinStreamingMethod(),
        (request, out) -> {
          out.onNext(log("1", "first\n".repeat(10_000)));
          out.onNext(log("2", "pip: no such package\n"));
          out.onNext(
              result(GenericStatus.GENERIC_STATUS_FAILURE, "RUN pip install x: exit code 1"));
        });

    assertThatThrownBy(
            () -> client.sandboxes().create(app, client.images().fromRegistry("python:3.13")))
        .isInstanceOfSatisfying(
            BuildFailedException.class,
            e -> {
              assertThat(e.imageId()).isEqualTo("im-bad");
              assertThat(e.logEnd())
                  .endsWith("pip: no such package\n")
                  .hasSizeLessThanOrEqualTo(16384);
            })
        .hasMessageContaining("RUN pip install x: exit code 1");
    assertThat(server.calls(ModalClientGrpc.getSandboxCreateMethod())).isEmpty();
  }

  private void buildsAtOnce() {
    server.unary(
        ModalClientGrpc.getImageGetOrCreateMethod(),
        q ->
            ImageGetOrCreateResponse.newBuilder()
                .setImageId("im-" + images.incrementAndGet())
                .setResult(
                    GenericResult.newBuilder().setStatus(GenericStatus.GENERIC_STATUS_SUCCESS))
                .build());
  }

  private List<ImageGetOrCreateRequest> requests() {
    return server.calls(ModalClientGrpc.getImageGetOrCreateMethod()).stream()
        .map(c -> (ImageGetOrCreateRequest) c.request())
        .toList();
  }

  private static ImageJoinStreamingResponse log(String entry, String text) {
    return ImageJoinStreamingResponse.newBuilder()
        .setEntryId(entry)
        .addTaskLogs(TaskLogs.newBuilder().setData(text))
        .build();
  }

  private static ImageJoinStreamingResponse result(GenericStatus status, String exception) {
    return ImageJoinStreamingResponse.newBuilder()
        .setResult(GenericResult.newBuilder().setStatus(status).setException(exception))
        .build();
  }
}
