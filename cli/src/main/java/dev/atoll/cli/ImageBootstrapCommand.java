package dev.atoll.cli;

import dev.atoll.protocol.admin.BootstrapImageRequest;
import dev.atoll.protocol.admin.Image;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "bootstrap",
    mixinStandardHelpOptions = true,
    description = {
      "Makes an image without any registry, from Debian packages, and prints its id. The mirrors are "
          + "those of the server's machine.",
      "The preset python:3.13 behaves like the registry's image of that name."
    })
final class ImageBootstrapCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @ArgGroup(multiplicity = "1")
  private Source source = new Source();

  @Option(
      names = {"-t", "--tag"},
      paramLabel = "TAG",
      description =
          "The tag that the image gets. Default: the preset's name; required with --suite.")
  private @Nullable String tag;

  ImageBootstrapCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    BootstrapImageRequest.Builder request = BootstrapImageRequest.newBuilder();
    if (tag != null) {
      request.setTag(tag);
    }
    if (source.preset != null) {
      request.setPreset(source.preset);
    } else if (source.packages != null) {
      if (tag == null) {
        throw new CliException(
            "--suite needs --tag TAG: an image without a preset has no name yet");
      }
      request.setSuite(source.packages.suite).addAllPackages(source.packages.names);
    }
    try (ServerConnection server =
            new ServerConnection(target.resolve(surroundings.environment()));
        Progress progress = new Progress(surroundings.err())) {
      progress.step("Making the image");
      Image image =
          ImageProgressView.await(server.admin().bootstrapImage(request.build()), progress);
      surroundings.out().println(image.getImageId());
    }
    return 0;
  }

  private static final class Source {
    @Parameters(paramLabel = "PRESET", description = "A known image, such as python:3.13.")
    private @Nullable String preset;

    @ArgGroup(exclusive = false)
    private @Nullable Packages packages;
  }

  private static final class Packages {
    @Option(
        names = "--suite",
        required = true,
        paramLabel = "SUITE",
        description = "A Debian suite, such as trixie.")
    private String suite = "";

    @Option(
        names = "--packages",
        split = ",",
        paramLabel = "NAME",
        description = "Packages beyond the essential ones, separated by commas.")
    private List<String> names = List.of();
  }
}
