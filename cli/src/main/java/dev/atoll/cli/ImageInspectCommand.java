package dev.atoll.cli;

import dev.atoll.protocol.admin.Image;
import dev.atoll.protocol.admin.ImageName;
import dev.atoll.protocol.worker.ImageDescription;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Shows an image: its digest, size and settings.")
final class ImageInspectCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "IMAGE", description = "A tag or an image's id.")
  private String name = "";

  ImageInspectCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      Image image = server.admin().inspectImage(ImageName.newBuilder().setName(name).build());
      facts(image).print(surroundings.out());
    }
    return 0;
  }

  private static Facts facts(Image image) {
    ImageDescription description = image.getDescription();
    Facts facts =
        new Facts()
            .add("image", image.getImageId())
            .add("tags", String.join(" ", image.getTagsList()))
            .add("created", Format.time(image.getCreatedAt()))
            .add("digest", description.getDigest())
            .add("size", Format.bytes(description.getSizeBytes()))
            .add("layers", Integer.toString(description.getLayers()))
            .add("architecture", description.getArchitecture())
            .add("user", description.getUser())
            .add("workdir", description.getWorkdir())
            .add("entrypoint", Format.command(description.getEntrypointList()))
            .add("command", Format.command(description.getCommandList()));
    description
        .getEnvironmentList()
        .forEach(
            variable -> {
              int equals = Math.max(0, variable.indexOf('='));
              facts.add("env " + variable.substring(0, equals), variable.substring(equals + 1));
            });
    description.getLabelsMap().forEach((key, value) -> facts.add("label " + key, value));
    return facts;
  }
}
