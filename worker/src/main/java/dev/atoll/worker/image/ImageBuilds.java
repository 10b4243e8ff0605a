package dev.atoll.worker.image;

import dev.atoll.cells.Limits;
import dev.atoll.images.ImageDigest;
import dev.atoll.images.Progress;
import dev.atoll.protocol.worker.BuildFailure;
import dev.atoll.protocol.worker.BuildImageRequest;
import dev.atoll.protocol.worker.ImageProgress;
import dev.atoll.worker.build.BuildOutcome;
import dev.atoll.worker.build.BuildRequest;
import dev.atoll.worker.build.ImageBuilder;
import dev.atoll.worker.cell.ResourceLimits;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Builds as the control plane asks for them. */
public final class ImageBuilds {
  private final ImageBuilder builder;
  private final Limits limits;

  /**
   * Builds with a builder.
   *
   * @param limits of each step's sandbox, where a request names none
   */
  public ImageBuilds(ImageBuilder builder, Limits limits) {
    this.builder = builder;
    this.limits = limits;
  }

  ImageProgress build(BuildImageRequest request, Progress progress)
      throws IOException, InterruptedException {
    return switch (builder.build(read(request), progress)) {
      case BuildOutcome.Built(var image) ->
          ImageProgress.newBuilder().setImage(ImageDescriptions.of(image)).build();
      case BuildOutcome.Failed(String message, int line, int exitCode) ->
          ImageProgress.newBuilder()
              .setFailure(
                  BuildFailure.newBuilder().setMessage(message).setLine(line).setExitCode(exitCode))
              .build();
    };
  }

  private BuildRequest read(BuildImageRequest request) {
    Map<String, ImageDigest> bases = new LinkedHashMap<>();
    request.getBaseDigestsMap().forEach((name, digest) -> bases.put(name, new ImageDigest(digest)));
    return new BuildRequest(
        bases,
        request.getCommandsList(),
        request.getSecretsMap(),
        request.getBuildArgsMap(),
        request.getForce(),
        request.hasResources()
            ? ResourceLimits.of(request.getResources(), limits.processes())
            : limits);
  }
}
