package dev.atoll.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.content.Digests;
import dev.atoll.images.store.ImageStores;
import dev.atoll.images.tar.TarBuilder;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.MountInfo;
import dev.atoll.linux.Mounts;
import dev.atoll.linux.UserNamespaceFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Needs root: overlays are mounted. */
class ImageStoreIT {
  private static final IdMapping SHIFTED = new IdMapping(100_000, 65_536);

  @TempDir Path temporary;
  private ImageStore store;
  private Path mountPoint;

  @BeforeEach
  void open() throws Exception {
    store = ImageStores.open(config());
    mountPoint = Files.createDirectory(temporary.resolve("mount"));
  }

  @AfterEach
  void closeAndCount() throws Exception {
    store.close();
    assertThat(MountInfo.atOrBelow(temporary)).isEmpty();
    assertThat(temporary.resolve("store/trash")).isEmptyDirectory();
    assertThat(temporary.resolve("store/views")).isEmptyDirectory();
  }

  private ImageStoreConfig config() {
    return ImageStoreConfig.of(temporary.resolve("store")).withCache(temporary.resolve("cache"));
  }

  @Test
  void writesBecomeALayer() throws Exception {
    Image base = store.importFrom(folder(), Progress.silent());
    Image changed;
    try (RootFilesystem root = store.rootFilesystem(base, IdMapping.IDENTITY)) {
      root.mountAt(mountPoint);
      assertThat(mountPoint.resolve("etc/hosts")).isEmptyFile();
      assertThat(Files.getAttribute(mountPoint.resolve("tmp"), "unix:mode")).isEqualTo(041777);
      Files.writeString(mountPoint.resolve("new"), "new");
      Files.delete(mountPoint.resolve("dir/gone"));
      run("mv", "-T", mountPoint + "/dir", mountPoint + "/moved");
      Mounts.unmount(mountPoint);
      changed = root.commit(base.config().withCommand(List.of("x")));
    }
    assertThat(changed.layerCount()).isEqualTo(2);
    assertThat(changed.config().command()).containsExactly("x");
    try (RootFilesystem root = store.rootFilesystem(changed, IdMapping.IDENTITY)) {
      root.mountAt(mountPoint);
      assertThat(mountPoint.resolve("new")).hasContent("new");
      assertThat(mountPoint.resolve("moved/kept")).hasContent("kept");
      assertThat(mountPoint.resolve("moved/gone")).doesNotExist();
      assertThat(mountPoint.resolve("dir")).doesNotExist();
      Mounts.unmount(mountPoint);
    }
  }

  @Test
  void nothingWrittenAddsNoLayer() throws Exception {
    Image base = store.importFrom(folder(), Progress.silent());
    try (RootFilesystem root = store.rootFilesystem(base, IdMapping.IDENTITY)) {
      root.mountAt(mountPoint);
      Mounts.unmount(mountPoint);
      assertThat(root.commit(base.config())).isEqualTo(base);
    }
  }

  @Test
  void ownersInAUserNamespaceAreShiftedAndComeBack() throws Exception {
    store.close();
    try (UserNamespaceFile namespace = UserNamespaceFile.create(100_000, 65_536)) {
      store =
          ImageStores.open(
              config().withUserNamespace(new ImageStoreConfig.UserNamespace(SHIFTED, namespace)));
      Path folder = folder();
      Files.setAttribute(folder.resolve("dir/kept"), "unix:uid", 33);
      Image base = store.importFrom(folder, Progress.silent());
      Image changed;
      try (RootFilesystem root = store.rootFilesystem(base, SHIFTED)) {
        root.mountAt(mountPoint);
        assertThat(Files.getAttribute(mountPoint, "unix:uid")).isEqualTo(100_000);
        assertThat(Files.getAttribute(mountPoint.resolve("dir/kept"), "unix:uid"))
            .isEqualTo(100_033);
        Path program = Files.writeString(mountPoint.resolve("program"), "x");
        run("chown", "100001:100002", program.toString());
        run("chmod", "4755", program.toString());
        Files.createLink(mountPoint.resolve("linked"), program);
        Mounts.unmount(mountPoint);
        changed = root.commit(base.config());
      }
      try (RootFilesystem root = store.rootFilesystem(changed, IdMapping.IDENTITY)) {
        root.mountAt(mountPoint);
        assertThat(Files.readAttributes(mountPoint.resolve("linked"), "unix:uid,gid,mode,nlink"))
            .isEqualTo(java.util.Map.of("uid", 1, "gid", 2, "mode", 0104755, "nlink", 2));
        Mounts.unmount(mountPoint);
      }
    }
  }

  @Test
  void archivesAreRecognisedAndImagesOfEqualContentAreOne() throws Exception {
    Path archive = temporary.resolve("root.tar");
    run("tar", "-C", folder().toString(), "-cf", archive.toString(), ".");
    Image image = store.importFrom(archive, Progress.silent());
    run("gzip", "-k", archive.toString());
    run("zstd", "-q", archive.toString());
    assertThat(store.importFrom(temporary.resolve("root.tar.gz"), Progress.silent()))
        .isEqualTo(image);
    assertThat(store.importFrom(temporary.resolve("root.tar.zst"), Progress.silent()))
        .isEqualTo(image);
    assertThat(store.list()).containsExactly(image);
  }

  /** A folder whose first file's name is no ASCII comes first in the archive, too. */
  @Test
  void namesInArchivesAreBytesWhateverTheLocaleOfTheServer() throws Exception {
    byte[] tar = new TarBuilder().file("caf\u00c3\u00a9", "").file("\u00ff", "").bytes();
    Path archive = Files.write(temporary.resolve("root.tar"), tar);
    Image image = store.importFrom(archive, Progress.silent());
    try (RootFilesystem root = store.rootFilesystem(image, IdMapping.IDENTITY)) {
      root.mountAt(mountPoint);
      run(
          "sh",
          "-c",
          "cd \"$0\" && test -f \"$(printf 'caf\\303\\251')\" && test -f \"$(printf '\\377')\"",
          mountPoint.toString());
      Mounts.unmount(mountPoint);
    }
  }

  /** What crane, ko and Jib write has other names than what {@code docker save} writes. */
  @ParameterizedTest
  @CsvSource({"config.json, .tar.gz", "sha256:%s, .tar.gz", "%s.json, .tar"})
  void archivesForDockerAreImagesWhateverNamesTheirToolChose(String configName, String suffix)
      throws Exception {
    byte[] layer = new TarBuilder().file("hello", "world").bytes();
    byte[] config =
        "{\"os\":\"linux\",\"architecture\":\"%s\",\"config\":{\"Env\":[\"A=1\"]},\"rootfs\":{\"diff_ids\":[\"%s\"]}}"
            .formatted(ImageStoreConfig.hostArchitecture(), Digests.sha256(layer))
            .getBytes();
    Path archive = Files.createDirectory(temporary.resolve("archive"));
    String name = configName.formatted(Digests.sha256(config).substring("sha256:".length()));
    String layerName = "0".repeat(64) + suffix;
    Files.write(archive.resolve(name), config);
    Files.write(archive.resolve("0".repeat(64) + ".tar"), layer);
    if (suffix.endsWith(".gz")) {
      run("gzip", archive.resolve("0".repeat(64) + ".tar").toString());
    }
    Files.writeString(
        archive.resolve("manifest.json"),
        "[{\"Config\":\"%s\",\"Layers\":[\"%s\"]}]".formatted(name, layerName));
    Path file = temporary.resolve("image.tar");
    run("sh", "-c", "cd %s && tar -cf %s -- *".formatted(archive, file));

    assertThat(store.importFrom(file, Progress.silent()).config().environment())
        .containsExactly("A=1");
  }

  @Test
  void usersAreResolvedInTheImage() throws Exception {
    Path folder = folder();
    Files.createDirectories(folder.resolve("etc"));
    Files.writeString(
        folder.resolve("etc/passwd"),
        "root:x:0:0:root:/root:/bin/sh\nbroken\napp:x:1000:1001::/home/app:/bin/sh\n");
    Files.writeString(folder.resolve("etc/group"), "app:x:1001:\nextra:x:7:other,app\n");
    Image image = store.importFrom(folder, Progress.silent());
    assertThat(image.user()).isEqualTo(new ImageUser("root", 0, 0, List.of(), "/root"));
    ImageUser app = new ImageUser("app", 1000, 1001, List.of(7), "/home/app");
    assertThat(store.user(image, "app")).isEqualTo(app);
    assertThat(store.user(image, "1000")).isEqualTo(app);
    assertThat(store.user(image, "app:extra"))
        .isEqualTo(new ImageUser("app", 1000, 7, List.of(), "/home/app"));
    assertThat(store.user(image, "4711:4712"))
        .isEqualTo(new ImageUser("4711", 4711, 4712, List.of(), "/"));
    assertThatThrownBy(() -> store.user(image, "nobody-here"))
        .hasMessageContaining("unknown user 'nobody-here'");
    assertThatThrownBy(() -> store.withConfig(image, image.config().withUser("app:nope")))
        .hasMessageContaining("unknown group 'nope'");
  }

  @Test
  void hostileUserTablesAreNotFollowedOutAndDoNotBlock() throws Exception {
    Path folder = folder();
    Files.createDirectories(folder.resolve("etc"));
    Files.createSymbolicLink(folder.resolve("etc/passwd"), Path.of("../../../../etc/passwd"));
    run("mkfifo", folder.resolve("etc/group").toString());
    Image image = store.importFrom(folder, Progress.silent());
    assertThatThrownBy(() -> store.user(image, "daemon")).hasMessageContaining("unknown user");
  }

  @Test
  void filesAreCopiedBetweenImages() throws Exception {
    Path folder = folder();
    Files.createSymbolicLink(folder.resolve("outside"), Path.of("/etc/shadow"));
    Image source = store.importFrom(folder, Progress.silent());
    Image target = store.importFrom(emptyFolder("target"), Progress.silent());
    Image copied;
    try (RootFilesystem root = store.rootFilesystem(target, IdMapping.IDENTITY)) {
      root.copyFrom(source, List.of("/dir"), "/a/b", Optional.empty(), OptionalInt.empty());
      root.copyFrom(
          source,
          List.of("/d*/k?pt", "dir/gone"),
          "/c/",
          Optional.of(new ImageUser("x", 5, 6, List.of(), "/")),
          OptionalInt.of(0600));
      root.createDirectory("/work/dir");
      assertThatThrownBy(
              () ->
                  root.copyFrom(source, List.of("no*"), "/", Optional.empty(), OptionalInt.empty()))
          .hasMessageContaining("'no*' is not in the image");
      assertThatThrownBy(
              () ->
                  root.copyFrom(
                      source, List.of("outside"), "/x", Optional.empty(), OptionalInt.empty()))
          .hasMessageContaining("leads nowhere");
      copied = root.commit(target.config());
    }
    try (RootFilesystem root = store.rootFilesystem(copied, IdMapping.IDENTITY)) {
      root.mountAt(mountPoint);
      assertThat(mountPoint.resolve("a/b/kept")).hasContent("kept");
      assertThat(mountPoint.resolve("c/gone")).exists();
      assertThat(Files.readAttributes(mountPoint.resolve("c/kept"), "unix:uid,gid,mode"))
          .isEqualTo(java.util.Map.of("uid", 5, "gid", 6, "mode", 0100600));
      assertThat(mountPoint.resolve("work/dir")).isDirectory();
      Mounts.unmount(mountPoint);
    }
  }

  @Test
  void imagesInUseStayAndOthersGoWithTheirLayers() throws Exception {
    Image image = store.importFrom(folder(), Progress.silent());
    store.cacheStep("step", image);
    assertThat(store.cachedStep("step")).contains(image);
    try (RootFilesystem root = store.rootFilesystem(image, IdMapping.IDENTITY)) {
      assertThatThrownBy(() -> store.remove(image.digest()))
          .isInstanceOfSatisfying(
              AtollException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION));
      root.mountAt(mountPoint);
      assertThatThrownBy(root::close).hasMessageContaining("still mounted at " + mountPoint);
      Mounts.unmount(mountPoint);
    }
    store.remove(image.digest());
    assertThat(store.find(image.digest())).isEmpty();
    assertThat(store.cachedStep("step")).isEmpty();
    try (var layers = Files.list(temporary.resolve("store/layers"))) {
      assertThat(layers.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("E", "S2");
    }
  }

  @Test
  void whatADeadStoreLeftIsClearedButNotWhatIsMounted() throws Exception {
    Image image = store.importFrom(folder(), Progress.silent());
    RootFilesystem mounted = store.rootFilesystem(image, IdMapping.IDENTITY);
    mounted.mountAt(mountPoint);
    Files.writeString(mountPoint.resolve("written"), "x");
    store.rootFilesystem(image, IdMapping.IDENTITY);
    Files.createDirectories(temporary.resolve("store/layers/zz/half"));
    Files.createDirectories(temporary.resolve("store/layers/S/of-another-version"));
    // The lock is let go of as at a process's death, the mounts stay.
    store.close();
    store = ImageStores.open(config());
    assertThat(store.list()).containsExactly(image);
    assertThat(mountPoint.resolve("written")).hasContent("x");
    assertThat(mountPoint.resolve("dir/kept")).hasContent("kept");
    assertThat(temporary.resolve("store/layers/zz")).doesNotExist();
    assertThat(temporary.resolve("store/layers/S")).doesNotExist();
    try (var roots = Files.list(temporary.resolve("store/roots"))) {
      assertThat(roots).hasSize(1);
    }
    Mounts.unmount(mountPoint);
    // What was mounted at the start is free now.
    store.remove(image.digest());
    try (var layers = Files.list(temporary.resolve("store/layers"))) {
      assertThat(layers.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("E", "S2");
    }
    store.close();
    store = ImageStores.open(config());
    assertThat(temporary.resolve("store/roots")).isEmptyDirectory();
  }

  @Test
  void aSecondStoreOnTheFolderIsRefused() {
    assertThatThrownBy(() -> ImageStores.open(config()))
        .hasMessageContaining("in use by another process");
  }

  @Test
  void whatIsNoImageIsRefusedInWords() throws Exception {
    Path junk = Files.writeString(temporary.resolve("junk"), "no archive ".repeat(100));
    assertThatThrownBy(() -> store.importFrom(junk, Progress.silent()))
        .hasMessageContaining(junk + " is no OCI layout");
    assertThatThrownBy(() -> store.importFrom(temporary.resolve("none"), Progress.silent()))
        .hasMessageContaining("no file or folder");
    assertThat(store.list()).isEmpty();
  }

  private Path emptyFolder(String name) throws Exception {
    return Files.createDirectory(temporary.resolve(name));
  }

  private Path folder() throws Exception {
    Path folder = emptyFolder("folder");
    Files.createDirectory(folder.resolve("dir"));
    Files.writeString(folder.resolve("dir/kept"), "kept");
    Files.writeString(folder.resolve("dir/gone"), "gone");
    return folder;
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
