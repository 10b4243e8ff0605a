package dev.atoll.images.store;

import dev.atoll.images.ImageDigest;
import dev.atoll.images.content.Digests;
import dev.atoll.images.content.JsonFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** What build steps made, by the steps' keys. */
final class StepCache {
  private final StoreFolder folder;

  StepCache(StoreFolder folder) {
    this.folder = folder;
  }

  record Step(String key, String image) {}

  Optional<ImageDigest> find(String key) {
    try {
      return JsonFiles.read(file(key), Step.class)
          .filter(step -> step.key().equals(key))
          .map(step -> new ImageDigest(step.image()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void put(String key, ImageDigest image) throws IOException {
    JsonFiles.write(file(key), new Step(key, image.value()));
  }

  private Path file(String key) {
    return folder.steps().resolve(Digests.hex(Digests.sha256(key)) + Records.SUFFIX);
  }
}
