package dev.atoll.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.images.store.ImageStores;
import dev.atoll.linux.Errno;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.LoopDevice;
import dev.atoll.linux.MountInfo;
import dev.atoll.linux.Mounts;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The same where what is written has limits: in subvolumes of a file system of their own. */
class LimitedFilesystemIT extends WritableFilesystemIT {
  private static final long MEBIBYTE = 1 << 20;

  @Override
  ImageStoreConfig config() {
    return super.config().withDisk(new DiskPool(OptionalLong.of(1024 * MEBIBYTE), 256 * MEBIBYTE));
  }

  @AfterEach
  @Override
  void closeAndCount() throws Exception {
    super.closeAndCount();
    assertThat(LoopDevice.find(temporary.resolve("store/writable.btrfs"))).isEmpty();
  }

  @Test
  void oneThatIsFullDisturbsNobody() throws Exception {
    assertThat(store.diskLimits())
        .isInstanceOfSatisfying(
            DiskLimits.Present.class, all -> assertThat(all.bytes()).isEqualTo(1024 * MEBIBYTE));
    Image base = store.importFrom(folder(), Progress.silent());
    Path other = Files.createDirectory(temporary.resolve("other"));
    try (RootFilesystem root =
            store.rootFilesystem(base, IdMapping.IDENTITY, OptionalLong.of(20 * MEBIBYTE));
        WritableFilesystem full = store.writableFilesystem(Optional.empty(), root);
        WritableFilesystem neighbour =
            store.writableFilesystem(Optional.empty(), IdMapping.IDENTITY)) {
      full.mountAt(mountPoint);
      neighbour.mountAt(other);
      fill(other.resolve("before"), 30);
      assertThatThrownBy(() -> fill(mountPoint.resolve("bytes"), 30))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("quota");
      assertThat(Files.size(mountPoint.resolve("bytes"))).isBetween(10 * MEBIBYTE, 20 * MEBIBYTE);
      fill(other.resolve("after"), 30);
      Files.delete(mountPoint.resolve("bytes"));
      fill(mountPoint.resolve("again"), 10);
      Mounts.unmount(mountPoint);
      Mounts.unmount(other);
    }
  }

  @Test
  void namesCountAsBytes() throws Exception {
    Image base = store.importFrom(folder(), Progress.silent());
    try (RootFilesystem full =
        store.rootFilesystem(base, IdMapping.IDENTITY, OptionalLong.of(2 * MEBIBYTE))) {
      full.mountAt(mountPoint);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 50_000; i++) {
                  Files.createFile(mountPoint.resolve("empty-" + i));
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("quota");
      assertThatThrownBy(() -> store.writableFilesystem(Optional.empty(), full))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EDQUOT));
      assertThat(names(temporary.resolve("store/writable/roots"))).hasSize(1);
      Mounts.unmount(mountPoint);
    }
  }

  @Test
  void aSnapshotIsThereForTheNextStoreWhoeverCopiesIt() throws Exception {
    Image base = store.importFrom(folder(), Progress.silent());
    Image made;
    try (WritableFilesystem mounted = mounted(Optional.of(base))) {
      fill(mountPoint.resolve("large"), 64);
      Files.writeString(mountPoint.resolve("file"), "changed");
      Files.delete(mountPoint.resolve("deep/inner/gone"));
      made = mounted.snapshot(base.config(), QUIET);
      Files.writeString(mountPoint.resolve("file"), "much later");
      Mounts.unmount(mountPoint);
    }
    store.close();
    store = ImageStores.open(config());
    try (WritableFilesystem mounted = mounted(store.find(made.digest()))) {
      assertThat(mountPoint.resolve("file")).hasContent("changed");
      assertThat(mountPoint.resolve("large")).hasSize(64 * MEBIBYTE);
      assertThat(names(mountPoint.resolve("deep/inner"))).containsExactly("changed", "kept");
      Mounts.unmount(mountPoint);
    }
    assertThat(temporary.resolve("store/frozen")).isEmptyDirectory();
    store.remove(made.digest());
    store.close();
    store = ImageStores.open(config());
    assertThat(temporary.resolve("store/writable/roots")).isEmptyDirectory();
    assertThat(temporary.resolve("store/writable/frozen")).isEmptyDirectory();
  }

  /** Programs that compare files by device and inode number must not take two for one. */
  @Test
  void noTwoFilesAreTheSame() throws Exception {
    Image base = store.importFrom(folder(), Progress.silent());
    Image made;
    try (WritableFilesystem mounted = mounted(Optional.of(base))) {
      for (int i = 0; i < 50; i++) {
        Files.createFile(mountPoint.resolve("first-" + i));
      }
      made = mounted.snapshot(base.config(), QUIET);
      Mounts.unmount(mountPoint);
    }
    try (WritableFilesystem mounted = mounted(Optional.of(made))) {
      Object before = Files.getAttribute(mountPoint.resolve("file"), "unix:ino");
      Files.writeString(mountPoint.resolve("file"), "written");
      assertThat(Files.getAttribute(mountPoint.resolve("file"), "unix:ino")).isEqualTo(before);
      for (int i = 0; i < 50; i++) {
        Files.createFile(mountPoint.resolve("second-" + i));
      }
      Set<Object> keys = new HashSet<>();
      try (Stream<Path> files = Files.walk(mountPoint)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          assertThat(
                  keys.add(
                      Files.getAttribute(file, "unix:dev")
                          + ":"
                          + Files.getAttribute(file, "unix:ino")))
              .as(file.toString())
              .isTrue();
        }
      }
      assertThat(keys).hasSizeGreaterThan(100);
      Mounts.unmount(mountPoint);
    }
  }

  /** A store that died has left its mounts, a root in use and one that nobody uses. */
  @Test
  void theNextStoreTakesBackWhatIsInUseAndRemovesTheRest() throws Exception {
    Image base = store.importFrom(folder(), Progress.silent());
    WritableFilesystem used = mounted(Optional.of(base));
    Files.writeString(mountPoint.resolve("mine"), "mine");
    String reference = used.reference();
    store.writableFilesystem(Optional.of(base), IdMapping.IDENTITY);
    store.close();
    assertThat(LoopDevice.find(temporary.resolve("store/writable.btrfs")))
        .hasValueSatisfying(LoopDevice::close);
    store = ImageStores.open(config());
    WritableFilesystem back =
        store.takeBack(reference, store.find(base.digest()), IdMapping.IDENTITY, mountPoint);
    assertThat(mountPoint.resolve("mine")).hasContent("mine");
    Image made = back.snapshot(base.config(), QUIET);
    Mounts.unmount(mountPoint);
    back.close();
    try (WritableFilesystem mounted = mounted(Optional.of(made))) {
      assertThat(mountPoint.resolve("mine")).hasContent("mine");
      Mounts.unmount(mountPoint);
    }
    assertThat(MountInfo.atOrBelow(mountPoint)).isEmpty();
  }

  private static void fill(Path file, int mebibytes) throws IOException {
    byte[] bytes = new byte[(int) MEBIBYTE];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < mebibytes; i++) {
        out.write(bytes);
      }
    }
  }
}
