package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.atoll.protocol.admin.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** An image that is imported from an archive. */
final class FaultImport implements FaultScenario {
  private final String key = UUID.randomUUID().toString();
  private final String tag = "import-" + key + ":1";
  private Path archive = Path.of("");

  @Override
  public void prepare(FaultServer server) throws Exception {
    Path root = Files.createDirectories(server.folder().resolve("import-" + key));
    for (String name : new String[] {"one", "two", "three"}) {
      Files.writeString(root.resolve(name), key);
    }
    archive = TinyRoot.tar(root, server.folder().resolve("import-" + key + ".tar"));
  }

  @Override
  public void act(FaultServer server) {
    var _ = server.wire().importImage(archive, tag);
  }

  @Override
  public void check(FaultServer server) {
    String id = server.wire().importImage(archive, tag);
    assertThat(server.wire().importImage(archive, tag)).isEqualTo(id);
    assertThat(server.wire().admin().listImages(Empty.getDefaultInstance()).getImagesList())
        .filteredOn(image -> image.getTagsList().contains(tag))
        .extracting(Image::getImageId)
        .containsExactly(id);
    var _ = server.wire().admin().removeImage(FaultServer.name(tag));
  }
}
