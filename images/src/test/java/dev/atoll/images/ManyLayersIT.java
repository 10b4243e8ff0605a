package dev.atoll.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.images.layers.TreeDeletion;
import dev.atoll.images.store.ImageStores;
import dev.atoll.images.tar.TarBuilder;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.Mounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Needs root: overlays are mounted. */
@Tag("alone")
class ManyLayersIT {
  @TempDir Path temporary;
  private ImageStore store;

  @BeforeEach
  void open() throws Exception {
    store =
        ImageStores.open(
            ImageStoreConfig.of(temporary.resolve("store")).withCache(temporary.resolve("cache")));
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    try (DirectoryDescriptor folder = DirectoryDescriptor.open(temporary)) {
      TreeDeletion.delete(folder, "store");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {127, 600})
  void imagesOfManyLayersStart(int count) throws Exception {
    List<byte[]> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TarBuilder layer =
          new TarBuilder().file("own" + i, "x").file("shared", "from " + i).file("dir/" + i, "y");
      if (i > 0) {
        layer.file(".wh.own" + (i - 1), "").file("dir/.wh." + (i - 1), "");
      }
      layers.add(layer.bytes());
    }
    Path layout = TestLayout.write(temporary.resolve("layout"), layers);
    Image image = store.importFrom(layout, Progress.silent());
    Path mountPoint = Files.createDirectory(temporary.resolve("mount"));
    try (RootFilesystem root = store.rootFilesystem(image, IdMapping.IDENTITY)) {
      root.mountAt(mountPoint);
      assertThat(mountPoint.resolve("shared")).hasContent("from " + (count - 1));
      try (var files = Files.list(mountPoint.resolve("dir"))) {
        assertThat(files.map(path -> path.getFileName().toString()))
            .containsExactly(Integer.toString(count - 1));
      }
      try (var files = Files.list(mountPoint)) {
        assertThat(files.filter(path -> path.getFileName().toString().startsWith("own")))
            .hasSize(1);
      }
      Mounts.unmount(mountPoint);
    }
    assertThat(store.importFrom(layout, Progress.silent())).isEqualTo(image);
  }

  @Test
  void anImageThatManyWantAtOnceIsMadeOnce() throws Exception {
    Path layout =
        TestLayout.write(
            temporary.resolve("layout"),
            List.of(
                new TarBuilder().file("a", "x").bytes(), new TarBuilder().file("b", "y").bytes()));
    AtomicInteger fetched = new AtomicInteger();
    Progress counting =
        new Progress() {
          @Override
          public void step(String line) {
            if (line.startsWith("getting layer")) {
              fetched.incrementAndGet();
            }
          }

          @Override
          public void log(String text) {}
        };
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Image>> works = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        works.add(() -> store.importFrom(layout, counting));
      }
      for (var future : threads.invokeAll(works)) {
        assertThat(future.get()).isEqualTo(store.list().getFirst());
      }
    }
    assertThat(fetched).hasValue(2);
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void aHundredThousandFilesAreImportedAtASensibleSpeed() throws Exception {
    TarBuilder archive = new TarBuilder();
    for (int i = 0; i < 100_000; i++) {
      archive.file("d" + i % 1000 + "/f" + i, "content " + i);
    }
    Path tar = Files.write(temporary.resolve("many.tar"), archive.bytes());
    long start = System.nanoTime();
    Image image = store.importFrom(tar, Progress.silent());
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    System.out.println("100,000 files imported in " + seconds + " s");
    assertThat(image.layerCount()).isOne();
    assertThat(seconds).isLessThan(60);
  }
}
