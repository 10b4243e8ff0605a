package dev.atoll.cli;

import dev.atoll.protocol.admin.ImageName;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "rm",
    mixinStandardHelpOptions = true,
    description =
        "Removes tags; an image goes with its last tag unless a sandbox or another image needs it.")
final class ImageRmCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Parameters(arity = "1..*", paramLabel = "TAG", description = "The tags to remove.")
  private List<String> tags = List.of();

  ImageRmCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      for (String tag : tags) {
        var unused = server.admin().removeImage(ImageName.newBuilder().setName(tag).build());
      }
    }
    return 0;
  }
}
