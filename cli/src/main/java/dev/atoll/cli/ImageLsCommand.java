package dev.atoll.cli;

import com.google.protobuf.Empty;
import dev.atoll.protocol.admin.Image;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    description = "Lists the images, one line for each tag.")
final class ImageLsCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  ImageLsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Table table = new Table("TAG", "IMAGE", "SIZE", "LAYERS", "CREATED");
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      for (Image image : server.admin().listImages(Empty.getDefaultInstance()).getImagesList()) {
        List<String> tags = image.getTagsCount() == 0 ? List.of("") : image.getTagsList();
        for (String tag : tags) {
          table.row(
              tag,
              image.getImageId(),
              Format.bytes(image.getDescription().getSizeBytes()),
              Integer.toString(image.getDescription().getLayers()),
              Format.time(image.getCreatedAt()));
        }
      }
    }
    table.print(surroundings.out());
    return 0;
  }
}
