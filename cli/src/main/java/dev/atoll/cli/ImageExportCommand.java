package dev.atoll.cli;

import dev.atoll.protocol.admin.ImageName;
import dev.atoll.protocol.worker.ExportedPart;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes an image as a tar of an OCI layout, as 'atoll image import', skopeo, podman and 'docker "
          + "load' take it.",
      "Snapshots and built images are named by their ids."
    })
final class ImageExportCommand implements Callable<Integer> {
  private static final String STANDARD_OUTPUT = "-";

  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Parameters(index = "0", paramLabel = "IMAGE", description = "A tag or an image's id.")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The file, on this machine; one that is there is replaced. -: standard output.")
  private String file = "";

  ImageExportCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    try (ServerConnection server =
            new ServerConnection(target.resolve(surroundings.environment()));
        Progress progress = new Progress(surroundings.err())) {
      progress.step("Exporting " + name);
      Iterator<ExportedPart> parts =
          server.admin().exportImage(ImageName.newBuilder().setName(name).build());
      if (file.equals(STANDARD_OUTPUT)) {
        write(parts, surroundings.out(), progress);
        surroundings.out().flush();
        return 0;
      }
      Path whole = Path.of(file).toAbsolutePath();
      Path begun = whole.resolveSibling(whole.getFileName() + ".part");
      try {
        try (OutputStream archive = Files.newOutputStream(begun)) {
          write(parts, archive, progress);
        }
        Files.move(begun, whole, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw new CliException("can't write " + whole + ": " + reason(e), e);
      } finally {
        Files.deleteIfExists(begun);
      }
      surroundings.err().println("atoll: " + whole + ": " + Format.bytes(Files.size(whole)));
    }
    return 0;
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such folder";
      case AccessDeniedException _ -> "this user may not";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static void write(Iterator<ExportedPart> parts, OutputStream archive, Progress progress)
      throws IOException {
    long written = 0;
    while (parts.hasNext()) {
      ExportedPart part = parts.next();
      switch (part.getPartCase()) {
        case STEP -> progress.step(part.getStep());
        case DATA -> {
          part.getData().writeTo(archive);
          written += part.getData().size();
          progress.log(Format.bytes(written) + "\n");
        }
        case PART_NOT_SET -> {} // something newer than this client
      }
    }
  }
}
