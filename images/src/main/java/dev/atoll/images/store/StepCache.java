package dev.atoll.images.store;

import dev.atoll.images.ImageDigest;
import dev.atoll.images.content.Digests;
import dev.atoll.images.content.JsonFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What build steps made, by the steps' keys. Thread-safe. */
final class StepCache {
  /** So long a step is kept that led to no image. */
  private static final Duration KEPT = Duration.ofDays(7);

  private static final Duration BETWEEN_SWEEPS = Duration.ofHours(1);

  private final StoreFolder folder;
  private Instant swept = Instant.EPOCH;

  StepCache(StoreFolder folder) {
    this.folder = folder;
  }

  record Step(String key, String image) {}

  Optional<ImageRecord> find(String key, ImageCatalog catalog) {
    try {
      Optional<ImageRecord> found =
          JsonFiles.read(file(key), Step.class)
              .filter(step -> step.key().equals(key))
              .flatMap(step -> catalog.find(new ImageDigest(step.image())));
      if (found.isPresent()) {
        catalog.touch(found.get());
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void put(String key, ImageDigest image) throws IOException {
    JsonFiles.write(file(key), new Step(key, image.value()));
  }

  /**
   * Forgets what the builds of a store that died have left and no build can find again: images that
   * no step's record names, and records that are half written. Gives the images' digests. To be
   * called before any build begins.
   */
  synchronized List<ImageDigest> forgetHalfMade(ImageCatalog catalog) throws IOException {
    Set<String> named = new HashSet<>();
    for (Step step : Records.readAll(folder.steps(), Step.class)) {
      named.add(step.image());
    }
    return catalog.keepSteps(named);
  }

  synchronized boolean isSweepDue() {
    return swept.plus(BETWEEN_SWEEPS).isBefore(Instant.now());
  }

  /**
   * Forgets steps that nobody needs any more, and gives the digests of their images.
   *
   * @param removed an image that was just removed: steps that led to it alone go with it
   */
  synchronized List<ImageDigest> forget(ImageCatalog catalog, Optional<ImageRecord> removed)
      throws IOException {
    swept = Instant.now();
    List<ImageDigest> forgotten = catalog.forgetSteps(swept.minus(KEPT), removed);
    for (String name : Records.names(folder.steps())) {
      Path file = folder.steps().resolve(name);
      Optional<Step> step =
          name.endsWith(Records.SUFFIX) ? JsonFiles.read(file, Step.class) : Optional.empty();
      if (name.endsWith(Records.SUFFIX)
          && step.flatMap(known -> catalog.find(new ImageDigest(known.image()))).isEmpty()) {
        Files.deleteIfExists(file);
      }
    }
    return forgotten;
  }

  private Path file(String key) {
    return folder.steps().resolve(Digests.hex(Digests.sha256(key)) + Records.SUFFIX);
  }
}
