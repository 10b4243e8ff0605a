package dev.atoll.cli;

import dev.atoll.protocol.admin.Image;
import dev.atoll.protocol.admin.TagImageRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "tag",
    mixinStandardHelpOptions = true,
    description = {
      "Gives an image a tag of the server's, and prints the id of the image that has it. A tag that "
          + "another image has moves.",
      "A built image or a snapshot that gets its first tag becomes an image of its own: it stays when "
          + "the other one is deleted or its time is over, and goes with its last tag."
    })
final class ImageTagCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Parameters(index = "0", paramLabel = "IMAGE", description = "A tag or an image's id.")
  private String name = "";

  @Parameters(index = "1", paramLabel = "TAG", description = "The tag, such as tools:1.")
  private String tag = "";

  ImageTagCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      Image image =
          server.admin().tagImage(TagImageRequest.newBuilder().setName(name).setTag(tag).build());
      surroundings.out().println(image.getImageId());
    }
    return 0;
  }
}
