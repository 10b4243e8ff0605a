package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageConfig;
import dev.atoll.images.ImageDigest;
import dev.atoll.images.ImageUser;
import dev.atoll.images.content.Digests;
import dev.atoll.images.content.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The images' records, and how many root file systems are on each. Thread-safe. */
final class ImageCatalog {
  private final StoreFolder folder;
  private final Map<String, ImageRecord> images = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();

  private ImageCatalog(StoreFolder folder) {
    this.folder = folder;
  }

  /** Opens it. Images whose layers are not all there are forgotten. */
  static ImageCatalog open(StoreFolder folder, LayerStore layers) throws IOException {
    ImageCatalog catalog = new ImageCatalog(folder);
    for (ImageRecord record : Records.readAll(folder.images(), ImageRecord.class)) {
      if (layers.has(record.layers())) {
        catalog.images.put(record.digest(), record);
      } else {
        Files.delete(catalog.file(record.digest()));
      }
    }
    return catalog;
  }

  synchronized Optional<ImageRecord> find(ImageDigest digest) {
    return Optional.ofNullable(images.get(digest.value()));
  }

  ImageRecord require(Image image) {
    return find(image.digest())
        .orElseThrow(() -> AtollException.notFound("no image %s on this host", image.digest()));
  }

  synchronized List<ImageRecord> all() {
    return List.copyOf(images.values());
  }

  /**
   * Remembers an image of layers that the caller keeps pinned.
   *
   * @param step whether only the step cache shall know it; one that is known otherwise stays so
   */
  ImageRecord add(
      List<LayerRecord> layers,
      ImageConfig config,
      ImageUser user,
      String architecture,
      boolean step)
      throws IOException {
    List<String> ids = layers.stream().map(LayerRecord::id).toList();
    String digest =
        Digests.sha256(JsonFiles.bytes(new ImageRecord.Identity(ids, config, architecture)));
    long bytes = layers.stream().mapToLong(layer -> layer.contents().bytes()).sum();
    ImageRecord record = new ImageRecord(digest, ids, config, user, architecture, bytes, step);
    synchronized (this) {
      ImageRecord present = images.get(digest);
      if (present != null && (step || !present.step())) {
        return present;
      }
      JsonFiles.write(file(digest), record);
      images.put(digest, record);
      return record;
    }
  }

  /** Counts a root file system on the image, which must be there. */
  synchronized ImageRecord use(Image image) {
    ImageRecord record = require(image);
    uses.merge(record.digest(), 1, Integer::sum);
    return record;
  }

  synchronized void endUse(ImageRecord record) {
    uses.computeIfPresent(record.digest(), (digest, count) -> count == 1 ? null : count - 1);
  }

  /** Forgets an image, and gives what it was. */
  synchronized ImageRecord remove(ImageDigest digest) throws IOException {
    ImageRecord record =
        find(digest).orElseThrow(() -> AtollException.notFound("no image %s on this host", digest));
    if (uses.containsKey(digest.value())) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the image %s is in use by %d sandboxes or builds: end them first"
              .formatted(digest, uses.get(digest.value())));
    }
    Files.deleteIfExists(file(digest.value()));
    images.remove(digest.value());
    return record;
  }

  /** Says that a build has used a step again. */
  void touch(ImageRecord step) throws IOException {
    Files.setLastModifiedTime(file(step.digest()), FileTime.from(Instant.now()));
  }

  /**
   * Forgets steps that no root file system is on: those that no build has used since then, and
   * those that lead to no image that is known otherwise but to the removed one. Gives their
   * digests.
   */
  synchronized List<ImageDigest> forgetSteps(Instant since, Optional<ImageRecord> removed)
      throws IOException {
    List<ImageDigest> forgotten = new ArrayList<>();
    for (ImageRecord step : all()) {
      if (step.step() && !uses.containsKey(step.digest()) && isDispensable(step, since, removed)) {
        remove(new ImageDigest(step.digest()));
        forgotten.add(new ImageDigest(step.digest()));
      }
    }
    return forgotten;
  }

  /**
   * Forgets steps that no root file system is on and that are none of these, and gives their
   * digests.
   */
  synchronized List<ImageDigest> keepSteps(Set<String> digests) throws IOException {
    List<ImageDigest> forgotten = new ArrayList<>();
    for (ImageRecord step : all()) {
      if (step.step() && !uses.containsKey(step.digest()) && !digests.contains(step.digest())) {
        remove(new ImageDigest(step.digest()));
        forgotten.add(new ImageDigest(step.digest()));
      }
    }
    return forgotten;
  }

  private boolean isDispensable(ImageRecord step, Instant since, Optional<ImageRecord> removed)
      throws IOException {
    if (Files.getLastModifiedTime(file(step.digest())).toInstant().isBefore(since)) {
      return true;
    }
    return removed.filter(step::isBelow).isPresent()
        && images.values().stream().noneMatch(other -> !other.step() && step.isBelow(other));
  }

  /** The layers of all images. */
  synchronized Set<String> neededLayers() {
    Set<String> needed = new HashSet<>();
    images.values().forEach(record -> needed.addAll(record.layers()));
    return needed;
  }

  private Path file(String digest) {
    return folder.images().resolve(Digests.hex(digest) + Records.SUFFIX);
  }
}
