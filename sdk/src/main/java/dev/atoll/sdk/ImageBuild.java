package dev.atoll.sdk;

import dev.atoll.protocol.modal.BaseImage;
import dev.atoll.protocol.modal.GenericResult;
import dev.atoll.protocol.modal.GenericResult.GenericStatus;
import dev.atoll.protocol.modal.ImageGetOrCreateRequest;
import dev.atoll.protocol.modal.ImageGetOrCreateResponse;
import dev.atoll.protocol.modal.ImageJoinStreamingRequest;
import dev.atoll.protocol.modal.ImageJoinStreamingResponse;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.TaskLogs;
import dev.atoll.sdk.transport.ControlPlane;
import dev.atoll.sdk.transport.ResumingStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One build: a request for each layer, each naming the one before it. */
final class ImageBuild {
  private static final int LOG_END_CHARS = 16 << 10;
  private static final float JOIN_SECONDS = 55;
  private static final String BUILDER_VERSION = "2025.06";

  private final ControlPlane controlPlane;
  private final App app;
  private final Consumer<String> log;
  private final StringBuilder logEnd = new StringBuilder();
  private String lastEntry = "";

  ImageBuild(ControlPlane controlPlane, App app, Consumer<String> log) {
    this.controlPlane = controlPlane;
    this.app = app;
    this.log = log;
  }

  String run(Optional<String> base, List<ImageLayer> layers) {
    Optional<String> previous = base;
    for (ImageLayer layer : layers) {
      previous = Optional.of(build(previous, layer));
    }
    return previous.orElseThrow();
  }

  private String build(Optional<String> base, ImageLayer layer) {
    dev.atoll.protocol.modal.Image.Builder definition = dev.atoll.protocol.modal.Image.newBuilder();
    base.ifPresent(
        id -> {
          definition.addBaseImages(BaseImage.newBuilder().setDockerTag("base").setImageId(id));
          definition.addDockerfileCommands("FROM base");
        });
    definition.addAllDockerfileCommands(layer.commands());
    layer.options().secrets().forEach(secret -> definition.addSecretIds(secret.id()));
    if (!layer.options().environment().isEmpty()) {
      Secret own = new Secrets(controlPlane).fromMap(layer.options().environment());
      definition.addSecretIds(own.id());
    }
    layer.registryAccess().ifPresent(access -> definition.setImageRegistryConfig(access.toWire()));
    ImageGetOrCreateResponse answer =
        controlPlane.call(
            ModalClientGrpc.getImageGetOrCreateMethod(),
            ImageGetOrCreateRequest.newBuilder()
                .setImage(definition)
                .setAppId(app.id())
                .setForceBuild(layer.options().forceBuild())
                .setBuilderVersion(BUILDER_VERSION)
                .build());
    String id = answer.getImageId();
    GenericResult result = hasEnded(answer.getResult()) ? answer.getResult() : join(id);
    if (result.getStatus() != GenericStatus.GENERIC_STATUS_SUCCESS) {
      throw new BuildFailedException(id, describe(id, result), logEnd.toString());
    }
    return id;
  }

  private GenericResult join(String id) {
    lastEntry = "";
    try (ResumingStream<ImageJoinStreamingResponse> stream =
        controlPlane.stream(
            ModalClientGrpc.getImageJoinStreamingMethod(),
            () ->
                ImageJoinStreamingRequest.newBuilder()
                    .setImageId(id)
                    .setTimeout(JOIN_SECONDS)
                    .setLastEntryId(lastEntry)
                    .build())) {
      while (true) {
        Optional<ImageJoinStreamingResponse> next = stream.next();
        if (next.isEmpty()) {
          continue; // the server ends the call now and then; the next one goes on after lastEntry
        }
        ImageJoinStreamingResponse item = next.get();
        if (!item.getEntryId().isEmpty()) {
          lastEntry = item.getEntryId();
        }
        item.getTaskLogsList().forEach(this::show);
        if (hasEnded(item.getResult())) {
          return item.getResult();
        }
      }
    }
  }

  private void show(TaskLogs piece) {
    String text = piece.getData();
    if (text.isEmpty()) {
      return;
    }
    logEnd.append(text);
    if (logEnd.length() > LOG_END_CHARS) {
      logEnd.delete(0, logEnd.length() - LOG_END_CHARS);
    }
    log.accept(text);
  }

  private static boolean hasEnded(GenericResult result) {
    return result.getStatus() != GenericStatus.GENERIC_STATUS_UNSPECIFIED;
  }

  private static String describe(String id, GenericResult result) {
    String reason =
        switch (result.getStatus()) {
          case GENERIC_STATUS_FAILURE -> "failed";
          case GENERIC_STATUS_TERMINATED -> "was ended from outside";
          case GENERIC_STATUS_TIMEOUT -> "took too long";
          default -> "ended with " + result.getStatus();
        };
    String detail = result.getException().isEmpty() ? "" : ":\n" + result.getException();
    return "The build of image " + id + " " + reason + detail;
  }
}
