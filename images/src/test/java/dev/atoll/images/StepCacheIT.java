package dev.atoll.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.images.store.ImageStores;
import dev.atoll.linux.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root: overlays are mounted. */
class StepCacheIT {
  @TempDir Path temporary;
  private ImageStore store;
  private Image base;

  @BeforeEach
  void open() throws Exception {
    store = ImageStores.open(config());
    Path root = Files.createDirectories(temporary.resolve("root/etc"));
    Files.writeString(root.resolve("passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    base = store.importFrom(temporary.resolve("root"), Progress.silent());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void stepsThatLedToOneImageGoWithIt() throws Exception {
    Image first = step(base, "one", "first");
    Image second = step(first, "two", "second");
    Image result = store.withConfig(second, second.config());
    assertThat(result).isEqualTo(second);

    store.remove(result.digest());

    assertThat(store.cachedStep("first")).isEmpty();
    assertThat(store.list()).containsExactly(base);
    assertThat(layers()).hasSize(1);
    assertThat(temporary.resolve("store/steps")).isEmptyDirectory();
  }

  @Test
  void aStepThatLedToTwoImagesStaysWithTheOther() throws Exception {
    Image shared = step(base, "one", "shared");
    Image one = result(step(shared, "two", "second"));
    Image other = result(step(shared, "three", "third"));

    store.remove(one.digest());

    assertThat(store.cachedStep("shared")).contains(shared);
    assertThat(store.cachedStep("second")).isEmpty();
    assertThat(store.cachedStep("third")).contains(other);
    assertThat(layers()).hasSize(3);
  }

  @Test
  void anImageThatAStepMadeBeforeIsKeptOnceItIsGivenAway() throws Exception {
    Image given = result(step(base, "one", "first"));
    Image more = result(step(given, "two", "second"));

    store.remove(more.digest());

    assertThat(store.find(given.digest())).contains(given);
  }

  @Test
  void stepsOfAFailedBuildAreKeptForAWeekAfterTheirLastUse() throws Exception {
    Image failed = step(base, "one", "first");
    age(failed, Duration.ofDays(6));
    reopen();
    assertThat(store.cachedStep("first")).contains(failed);
    reopen();
    assertThat(store.cachedStep("first")).as("used just now").contains(failed);

    age(failed, Duration.ofDays(8));
    reopen();

    assertThat(store.cachedStep("first")).isEmpty();
    assertThat(store.list()).containsExactly(base);
    assertThat(layers()).hasSize(1);
  }

  @Test
  void whatADeathLeavesOfAStepGoesAtTheNextStart() throws Exception {
    try (RootFilesystem root = store.rootFilesystem(base, IdMapping.IDENTITY)) {
      root.createDirectory("/one");
      var _ = root.commitStep(base.config());
    }
    Files.writeString(temporary.resolve("store/steps/0.json.tmp"), "{");
    Path bundle = Files.createDirectory(temporary.resolve("store/trust/0"));
    Files.writeString(bundle.resolve("ca-certificates.pem"), "of an image that is gone");

    reopen();

    assertThat(store.list()).containsExactly(base);
    assertThat(layers()).hasSize(1);
    assertThat(temporary.resolve("store/steps")).isEmptyDirectory();
    assertThat(temporary.resolve("store/trust")).isEmptyDirectory();
  }

  @Test
  void oldImagesThatWereGivenAwayStay() throws Exception {
    Image given = result(step(base, "one", "first"));
    age(given, Duration.ofDays(800));
    reopen();
    assertThat(store.find(given.digest())).contains(given);
  }

  private Image step(Image on, String folder, String key) throws IOException {
    try (RootFilesystem root = store.rootFilesystem(on, IdMapping.IDENTITY)) {
      root.createDirectory("/" + folder);
      Image made = root.commitStep(on.config());
      store.cacheStep(key, made);
      return made;
    }
  }

  private Image result(Image step) throws IOException {
    return store.withConfig(step, step.config());
  }

  private void reopen() throws Exception {
    store.close();
    store = ImageStores.open(config());
  }

  private void age(Image image, Duration by) throws IOException {
    String name = image.digest().value().substring("sha256:".length()) + ".json";
    Files.setLastModifiedTime(
        temporary.resolve("store/images").resolve(name), FileTime.from(Instant.now().minus(by)));
  }

  private List<Path> layers() throws IOException {
    try (Stream<Path> files = Files.list(temporary.resolve("store/layers.d"))) {
      return files.toList();
    }
  }

  private ImageStoreConfig config() {
    return ImageStoreConfig.of(temporary.resolve("store")).withCache(temporary.resolve("cache"));
  }
}
