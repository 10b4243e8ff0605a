package dev.atoll.cli;

import dev.atoll.protocol.admin.Image;
import dev.atoll.protocol.admin.ImportImageRequest;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description =
        "Makes an image from an OCI layout (folder or archive), a root file system's folder, or a tar of "
            + "one, and prints its id.")
final class ImageImportCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "PATH", description = "The folder or file, on the server's machine.")
  private Path path = Path.of("");

  @Option(
      names = {"-t", "--tag"},
      required = true,
      paramLabel = "TAG",
      description = "The tag that the image gets, such as tools:1.")
  private String tag = "";

  ImageImportCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (ServerConnection server =
            new ServerConnection(target.resolve(surroundings.environment()));
        Progress progress = new Progress(surroundings.err())) {
      progress.step("Importing " + path);
      ImportImageRequest request =
          ImportImageRequest.newBuilder()
              .setPath(path.toAbsolutePath().normalize().toString())
              .setTag(tag)
              .build();
      Image image = ImageProgressView.await(server.admin().importImage(request), progress);
      surroundings.out().println(image.getImageId());
    }
    return 0;
  }
}
