package dev.atoll.worker.build;

import dev.atoll.cells.Limits;
import dev.atoll.images.ImageDigest;
import java.util.List;
import java.util.Map;

/**
 * What to build.
 *
 * @param bases images by the names that FROM and COPY --from use for them
 * @param commands Dockerfile lines, FROM first
 * @param secrets environment of RUN steps; in nothing that is stored, and never shown
 * @param buildArguments values of ARG
 * @param force whether steps run although they were done before
 * @param limits of each RUN step's sandbox
 */
public record BuildRequest(
    Map<String, ImageDigest> bases,
    List<String> commands,
    Map<String, String> secrets,
    Map<String, String> buildArguments,
    boolean force,
    Limits limits) {
  public BuildRequest {
    bases = Map.copyOf(bases);
    commands = List.copyOf(commands);
    secrets = Map.copyOf(secrets);
    buildArguments = Map.copyOf(buildArguments);
  }

  @Override
  public String toString() {
    return "BuildRequest[" + bases + ", " + commands.size() + " commands]";
  }
}
