package dev.atoll.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.WritableFilesystem.Standstill;
import dev.atoll.images.store.ImageStores;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.MountInfo;
import dev.atoll.linux.Mounts;
import dev.atoll.linux.UserNamespaceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is mounted in sandboxes, and images of folders. Needs root: overlays are mounted. */
class WritableFilesystemIT {
  private static final IdMapping SHIFTED = new IdMapping(100_000, 65_536);

  static final Standstill QUIET =
      new Standstill() {
        @Override
        public void begin() {}

        @Override
        public void end() {}
      };

  @TempDir Path temporary;
  ImageStore store;
  Path mountPoint;

  @BeforeEach
  void open() throws Exception {
    store = ImageStores.open(config());
    mountPoint = Files.createDirectory(temporary.resolve("mount"));
  }

  ImageStoreConfig config() {
    return ImageStoreConfig.of(temporary.resolve("store")).withCache(temporary.resolve("cache"));
  }

  @AfterEach
  void closeAndCount() throws Exception {
    store.close();
    assertThat(MountInfo.atOrBelow(temporary)).isEmpty();
    assertThat(temporary.resolve("store/trash")).isEmptyDirectory();
    assertThat(temporary.resolve("store/roots")).isEmptyDirectory();
  }

  @Test
  void aMountedImageHasItsFilesAndNothingElse() throws Exception {
    Image base = store.importFrom(folder(), Progress.silent());
    Image changed;
    try (WritableFilesystem mounted = mounted(Optional.of(base))) {
      assertThat(names(mountPoint)).containsExactly("deep", "file");
      Files.writeString(mountPoint.resolve("new"), "new");
      Files.delete(mountPoint.resolve("file"));
      changed = mounted.snapshot(base.config(), QUIET);
      assertThatThrownBy(() -> store.remove(base.digest()))
          .isInstanceOfSatisfying(
              AtollException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION));
      Mounts.unmount(mountPoint);
    }
    try (WritableFilesystem mounted = mounted(Optional.of(changed))) {
      assertThat(names(mountPoint)).containsExactly("deep", "new");
      Mounts.unmount(mountPoint);
    }
    try (WritableFilesystem mounted = mounted(Optional.of(base))) {
      assertThat(names(mountPoint)).containsExactly("deep", "file");
      Mounts.unmount(mountPoint);
    }
    store.remove(base.digest());
  }

  @Test
  void withoutAnImageItIsEmpty() throws Exception {
    Image made;
    try (WritableFilesystem mounted = mounted(Optional.empty())) {
      assertThat(mountPoint).isEmptyDirectory();
      assertThat(Files.getAttribute(mountPoint, "unix:mode")).isEqualTo(040755);
      Files.writeString(mountPoint.resolve("first"), "first");
      made = mounted.snapshot(ImageConfig.empty(), QUIET);
      Mounts.unmount(mountPoint);
    }
    assertThat(made.layerCount()).isEqualTo(1);
    try (WritableFilesystem mounted = mounted(Optional.of(made))) {
      assertThat(names(mountPoint)).containsExactly("first");
      Mounts.unmount(mountPoint);
    }
  }

  @Test
  void aFolderOfLowerAndUpperFilesBecomesTheRootOfAnImage() throws Exception {
    Image base = store.importFrom(folder(), Progress.silent());
    Image made;
    try (RootFilesystem root = store.rootFilesystem(base, IdMapping.IDENTITY)) {
      root.mountAt(mountPoint);
      Path inner = mountPoint.resolve("deep/inner");
      Files.delete(inner.resolve("gone"));
      Files.writeString(inner.resolve("changed"), "after");
      Files.createSymbolicLink(inner.resolve("out"), Path.of("/file"));
      Files.createLink(inner.resolve("twin"), inner.resolve("changed"));
      Files.setAttribute(inner, "unix:uid", 1000);
      Files.setAttribute(inner, "unix:mode", 01750);
      made = root.snapshotFolder("deep/inner", QUIET);
      Files.writeString(inner.resolve("changed"), "much later");
      Mounts.unmount(mountPoint);
    }
    assertThat(made.layerCount()).isEqualTo(1);
    assertThat(made.config()).isEqualTo(ImageConfig.empty());
    try (WritableFilesystem mounted = mounted(Optional.of(made))) {
      assertThat(names(mountPoint)).containsExactly("changed", "kept", "out", "twin");
      assertThat(mountPoint.resolve("kept")).hasContent("kept");
      assertThat(mountPoint.resolve("twin")).hasContent("after");
      assertThat(Files.getAttribute(mountPoint.resolve("twin"), "unix:nlink")).isEqualTo(2);
      assertThat(Files.readSymbolicLink(mountPoint.resolve("out"))).isEqualTo(Path.of("/file"));
      assertThat(Files.getAttribute(mountPoint, "unix:uid")).isEqualTo(1000);
      assertThat(Files.getAttribute(mountPoint, "unix:mode")).isEqualTo(041750);
      Mounts.unmount(mountPoint);
    }
  }

  @Test
  void aFolderIsNotLookedForThroughLinksOrOutside() throws Exception {
    Image base = store.importFrom(folder(), Progress.silent());
    try (RootFilesystem root = store.rootFilesystem(base, IdMapping.IDENTITY)) {
      root.mountAt(mountPoint);
      Files.createSymbolicLink(mountPoint.resolve("link"), Path.of("/etc"));
      for (String path : List.of("link", "link/inner", "missing", "file")) {
        assertThatThrownBy(() -> root.snapshotFolder(path, QUIET))
            .isInstanceOfSatisfying(
                AtollException.class,
                e -> assertThat(e.code()).as(path).isEqualTo(ErrorCode.NOT_FOUND));
      }
      assertThatThrownBy(() -> root.snapshotFolder("../..", QUIET)).isInstanceOf(IOException.class);
      Mounts.unmount(mountPoint);
    }
    assertThat(store.list()).containsExactly(base);
  }

  @Test
  void ownersOfAFolderAreThoseInside() throws Exception {
    store.close();
    try (UserNamespaceFile namespace =
        UserNamespaceFile.create(SHIFTED.hostBase(), SHIFTED.size())) {
      store =
          ImageStores.open(
              config().withUserNamespace(new ImageStoreConfig.UserNamespace(SHIFTED, namespace)));
      Image base = store.importFrom(folder(), Progress.silent());
      Image made;
      try (RootFilesystem root = store.rootFilesystem(base, SHIFTED)) {
        root.mountAt(mountPoint);
        Path mine = Files.writeString(mountPoint.resolve("deep/mine"), "mine");
        Files.setAttribute(mine, "unix:uid", SHIFTED.hostBase() + 33);
        made = root.snapshotFolder("deep", QUIET);
        Mounts.unmount(mountPoint);
      }
      try (WritableFilesystem mounted =
          store.writableFilesystem(Optional.of(made), IdMapping.IDENTITY)) {
        mounted.mountAt(mountPoint);
        assertThat(Files.getAttribute(mountPoint, "unix:uid")).isEqualTo(0);
        assertThat(Files.getAttribute(mountPoint.resolve("mine"), "unix:uid")).isEqualTo(33);
        assertThat(Files.getAttribute(mountPoint.resolve("inner/kept"), "unix:uid")).isEqualTo(7);
        Mounts.unmount(mountPoint);
      }
      store.close();
    }
    store = ImageStores.open(config());
  }

  WritableFilesystem mounted(Optional<Image> image) throws IOException {
    WritableFilesystem filesystem = store.writableFilesystem(image, IdMapping.IDENTITY);
    filesystem.mountAt(mountPoint);
    return filesystem;
  }

  static List<String> names(Path folder) throws IOException {
    try (var names = Files.list(folder)) {
      return names.map(name -> name.getFileName().toString()).sorted().toList();
    }
  }

  Path folder() throws IOException {
    Path folder = temporary.resolve("source");
    Path inner = Files.createDirectories(folder.resolve("deep/inner"));
    Files.writeString(folder.resolve("file"), "file");
    for (String name : List.of("kept", "gone", "changed")) {
      Files.writeString(inner.resolve(name), name);
    }
    Files.setAttribute(inner.resolve("kept"), "unix:uid", 7, LinkOption.NOFOLLOW_LINKS);
    return folder;
  }
}
