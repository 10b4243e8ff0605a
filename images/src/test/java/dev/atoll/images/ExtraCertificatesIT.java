package dev.atoll.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.images.layers.TreeDeletion;
import dev.atoll.images.store.ImageStores;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.MountInfo;
import dev.atoll.linux.Mounts;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root: overlays are mounted. */
class ExtraCertificatesIT {
  private static final String BUNDLE = "etc/ssl/certs/ca-certificates.crt";

  @TempDir Path temporary;
  private ImageStore store;
  private Image image;
  private Path extra;
  private Path mountPoint;

  @BeforeEach
  void open() throws Exception {
    extra = certificate();
    store = ImageStores.open(plain().withCertificates(List.of(extra)));
    mountPoint = Files.createDirectory(temporary.resolve("mount"));
    Path folder = Files.createDirectory(temporary.resolve("folder"));
    Path certificates = Files.createDirectories(folder.resolve("etc/ssl/certs"));
    Files.setPosixFilePermissions(certificates, PosixFilePermissions.fromString("rwxr-x---"));
    Files.setAttribute(certificates, "unix:gid", 7);
    Files.writeString(folder.resolve(BUNDLE), "OWN\n");
    Files.createSymbolicLink(
        folder.resolve("etc/ssl/cert.pem"), Path.of("/etc/ssl/certs/ca-certificates.crt"));
    image = store.importFrom(folder, Progress.silent());
  }

  private ImageStoreConfig plain() {
    return ImageStoreConfig.of(temporary.resolve("store")).withCache(temporary.resolve("cache"));
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    try (DirectoryDescriptor folder = DirectoryDescriptor.open(temporary)) {
      TreeDeletion.delete(folder, "store");
    }
  }

  @Test
  void bundlesHoldTheImagesRootsAndTheExtraOnes() throws Exception {
    String encoded = Files.readAllLines(extra).get(1);
    ImageStore.TrustBundle bundle = store.trustBundle(image).orElseThrow();
    assertThat(bundle.directory().resolve(bundle.file())).content().contains("OWN", encoded);
    assertThat(bundle.target()).isEqualTo("/etc/atoll/ca-certificates.pem");
    assertThat(bundle.environment())
        .containsEntry("SSL_CERT_FILE", "/etc/atoll/ca-certificates.pem")
        .hasSize(6);
    assertThat(store.trustBundle(image)).contains(bundle);
  }

  @Test
  void theUsualPathsLeadToTheMountedBundleAndFoldersKeepTheirAttributes() throws Exception {
    try (RootFilesystem root = mounted(image)) {
      Path link = mountPoint.resolve(BUNDLE);
      assertThat(Files.readSymbolicLink(link)).hasToString("/etc/atoll/ca-certificates.pem");
      assertThat(Files.readSymbolicLink(mountPoint.resolve("etc/ssl/cert.pem")))
          .hasToString("/etc/ssl/certs/ca-certificates.crt");
      assertThat(mountPoint.resolve("etc/atoll/ca-certificates.pem")).isEmptyFile();
      assertThat(Files.getPosixFilePermissions(link.getParent()))
          .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
      assertThat(Files.getAttribute(link.getParent(), "unix:gid")).isEqualTo(7);
      Mounts.unmount(mountPoint);
    }
  }

  @Test
  void linksReachNoLayerAndWhatReplacesThemDoes() throws Exception {
    Path link = mountPoint.resolve(BUNDLE);
    Image copied;
    Image committed;
    Image replaced;
    try (RootFilesystem root = mounted(image)) {
      Files.setAttribute(link, "unix:uid", 5, LinkOption.NOFOLLOW_LINKS);
      Files.writeString(mountPoint.resolve("etc/ssl/more"), "more");
      copied = root.snapshot(image.config(), new NobodyWrites());
      Mounts.unmount(mountPoint);
      committed = root.commit(image.config());
    }
    try (RootFilesystem root = mounted(copied)) {
      Path replacement = Files.writeString(link.resolveSibling("new"), "REPLACED\n");
      Files.move(replacement, link, StandardCopyOption.ATOMIC_MOVE);
      Mounts.unmount(mountPoint);
      replaced = root.commit(image.config());
    }
    store.close();
    store = ImageStores.open(plain());
    assertThat(bundleWithoutExtras(copied)).isEqualTo("OWN\n");
    assertThat(bundleWithoutExtras(committed)).isEqualTo("OWN\n");
    assertThat(bundleWithoutExtras(replaced)).isEqualTo("REPLACED\n");
  }

  @Test
  void noMountTellsWhereTheStoreIs() throws Exception {
    try (RootFilesystem root = mounted(image)) {
      MountInfo mount = MountInfo.atOrBelow(mountPoint).getFirst();
      assertThat(mount.source() + mount.superOptions() + mount.root())
          .startsWith("atoll-")
          .doesNotContain(temporary.toString());
      Mounts.unmount(mountPoint);
    }
    ImageStore.TrustBundle bundle = store.trustBundle(image).orElseThrow();
    store.mountTrust(bundle, mountPoint);
    assertThat(mountPoint.resolve(bundle.file())).content().contains("OWN");
    assertThatThrownBy(() -> Files.writeString(mountPoint.resolve(bundle.file()), "x"))
        .hasMessageContaining("Read-only file system");
    MountInfo mount = MountInfo.atOrBelow(mountPoint).getFirst();
    assertThat(mount.source() + mount.superOptions() + mount.root())
        .startsWith("atoll-")
        .doesNotContain(temporary.toString());
    Mounts.unmount(mountPoint);
  }

  private String bundleWithoutExtras(Image changed) throws Exception {
    try (RootFilesystem root = mounted(changed)) {
      assertThat(mountPoint.resolve("etc/ssl/more")).content().isEqualTo("more");
      assertThat(mountPoint.resolve("etc/atoll")).doesNotExist();
      String text = Files.readString(mountPoint.resolve(BUNDLE));
      Mounts.unmount(mountPoint);
      return text;
    }
  }

  private RootFilesystem mounted(Image from) throws Exception {
    RootFilesystem root = store.rootFilesystem(from, IdMapping.IDENTITY);
    root.mountAt(mountPoint);
    return root;
  }

  /** Nobody writes in these tests. */
  private static final class NobodyWrites implements RootFilesystem.Standstill {
    @Override
    public void begin() {}

    @Override
    public void end() {}
  }

  private Path certificate() throws Exception {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Path keys = temporary.resolve("keys");
    run(
        keytool
            + " -genkeypair -keyalg EC -alias a -dname CN=x -storepass secret -keystore "
            + keys);
    Path pem = temporary.resolve("extra.pem");
    run(
        keytool
            + " -exportcert -rfc -alias a -storepass secret -keystore "
            + keys
            + " -file "
            + pem);
    return pem;
  }

  private static void run(String command) throws Exception {
    assertThat(new ProcessBuilder(command.split(" ")).start().waitFor()).isZero();
  }
}
