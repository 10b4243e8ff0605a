package dev.atoll.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.images.ImageStore.Bootstrap;
import dev.atoll.images.layers.TreeDeletion;
import dev.atoll.images.store.ImageStores;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.MountInfo;
import dev.atoll.linux.Mounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root, mmdebstrap and, while the user's cache is cold, a Debian mirror. */
class BootstrapIT {
  @TempDir Path temporary;

  @Test
  void pythonBehavesLikeTheRegistrysImage() throws Exception {
    Path mountPoint = Files.createDirectory(temporary.resolve("mount"));
    Path shared = Files.createDirectory(temporary.resolve("shared"));
    Mounts.tmpfs("shared", shared, 1 << 20, "0700");
    Mounts.makeShared(shared);
    try (ImageStore store = ImageStores.open(ImageStoreConfig.of(temporary.resolve("store")))) {
      Image image = store.bootstrap(new Bootstrap.Preset("python:3.13-slim"), Progress.silent());
      assertThat(store.bootstrap(new Bootstrap.Preset("python:3.13"), Progress.silent()))
          .isEqualTo(image);
      // What makes the root, while the cache is cold, makes every mount private that it sees.
      assertThat(MountInfo.atOrBelow(shared)).allMatch(mount -> mount.tags().contains("shared:"));
      assertThat(image.config().command()).containsExactly("python3");
      assertThat(image.config().environment())
          .anyMatch(entry -> entry.matches("PYTHON_VERSION=3\\.13\\.[0-9]+"));
      try (RootFilesystem root = store.rootFilesystem(image, IdMapping.IDENTITY)) {
        root.mountAt(mountPoint);
        try {
          assertThat(chroot(mountPoint, "python -c 'print(6*7)'")).isEqualTo("42\n");
          assertThat(chroot(mountPoint, "for p in python3 pip pip3; do command -v $p; done"))
              .isEqualTo("/usr/bin/python3\n/usr/local/bin/pip\n/usr/local/bin/pip3\n");
          assertThat(chroot(mountPoint, "pip list --format=freeze")).startsWith("pip==");
          // Replaced and removed again, globally and with no index.
          assertThat(
                  chroot(
                      mountPoint,
                      "pip install -q --force-reinstall --no-index"
                          + " /usr/share/python-wheels/pip-*.whl && pip uninstall -qy pip"
                          + " && test ! -e /usr/local/bin/pip && python3 -m venv /venv"
                          + " && /venv/bin/pip --version"))
              .startsWith("pip ");
          assertThat(mountPoint.resolve("etc/resolv.conf")).isEmptyFile();
          assertThat(chroot(mountPoint, "find /var/lib/apt/lists /var/cache/apt -size +1k -type f"))
              .isEmpty();
        } finally {
          Mounts.unmount(mountPoint);
        }
      }
    } finally {
      Mounts.unmount(shared);
    }
    try (DirectoryDescriptor folder = DirectoryDescriptor.open(temporary)) {
      TreeDeletion.delete(folder, "store");
    }
  }

  @Test
  void unknownRecipesAreRefusedInWords() throws Exception {
    try (ImageStore store = ImageStores.open(ImageStoreConfig.of(temporary.resolve("store")))) {
      assertThatThrownBy(() -> store.bootstrap(new Bootstrap.Preset("ruby:3"), Progress.silent()))
          .isInstanceOf(AtollException.class)
          .hasMessage(
              "no preset is named 'ruby:3': there are debian:bookworm, debian:trixie, python:3.13");
      assertThatThrownBy(
              () ->
                  store.bootstrap(
                      new Bootstrap.Packages("--variant=x", List.of()), Progress.silent()))
          .hasMessageContaining("is no Debian suite");
      assertThatThrownBy(
              () ->
                  store.bootstrap(
                      new Bootstrap.Packages("trixie", List.of("a,b")), Progress.silent()))
          .hasMessageContaining("is no name of a Debian package");
    }
  }

  private static String chroot(Path root, String line) throws Exception {
    Process process =
        new ProcessBuilder("chroot", root.toString(), "/bin/sh", "-c", line)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(line + ": " + output).isZero();
    return output;
  }
}
