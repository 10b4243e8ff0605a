package dev.atoll.images.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.images.tar.TarBuilder;
import dev.atoll.images.tar.TarReader;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Needs root: owners, nodes and trusted attributes are set. */
class LayerWriterIT {
  private static final LayerLimits LIMITS = new LayerLimits(1 << 20, 100);
  private static final String CAPABILITY = "\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

  @TempDir Path folder;
  private Path layer;
  private Path outside;

  @BeforeEach
  void prepare() throws Exception {
    layer = Files.createDirectory(folder.resolve("layer"));
    outside = Files.writeString(folder.resolve("outside"), "untouched");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../outside", "a/../../outside", "..", "/../outside", "./a/..", "a/b/../../../x"})
  void pathsThatGoUpAreRefused(String name) {
    refused(new TarBuilder().file(name, "evil"), "its path holds '..'");
  }

  @Test
  void absolutePathsStayInside() throws Exception {
    write(new TarBuilder().file("//etc/x", "inside"));
    assertThat(layer.resolve("etc/x")).hasContent("inside");
  }

  @Test
  void linksAreNeverGoneThrough() {
    refused(
        new TarBuilder().symlink("out", folder.toString()).file("out/outside", "evil"),
        "below a symbolic link");
    refused(new TarBuilder().symlink("up", "..").directory("up/made"), "below a symbolic link");
    refused(
        new TarBuilder().directory("a").symlink("a/b", "../..").file("a/b/outside", "evil"),
        "below a symbolic link");
    refused(new TarBuilder().file("f", "x").file("f/g", "y"), "below something that is no folder");
    assertThat(outside).hasContent("untouched");
  }

  @Test
  void aFileReplacesALinkAndDoesNotWriteThroughIt() throws Exception {
    write(new TarBuilder().symlink("x", outside.toString()).file("x", "own"));
    assertThat(layer.resolve("x")).hasContent("own");
    assertThat(outside).hasContent("untouched");
  }

  @Test
  void aFolderWithOpenEntriesCanBeReplacedByALink() throws Exception {
    write(new TarBuilder().file("a/b/c", "x").symlink("a", "/nowhere").file("d/e", "y"));
    assertThat(layer.resolve("a")).isSymbolicLink();
    refused(
        new TarBuilder().file("g/b", "x").symlink("g", "..").file("g/outside", "evil"),
        "below a symbolic link");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside", "/etc/passwd", "missing", "out", "l/passwd", "."})
  void hardLinksOnlyToFilesOfTheLayer(String target) {
    refused(
        new TarBuilder()
            .directory("out")
            .symlink("l", "/etc")
            .hardLink("x", target.equals("/etc/passwd") ? "/etc/../etc/passwd" : target),
        "is refused");
  }

  @Test
  void devicesAreLeftOutAndFifosKept() throws Exception {
    write(
        new TarBuilder()
            .entry('3', "hidden", "", 0, "", 0600)
            .entry('4', "disk", "", 0, "", 0600)
            .entry('6', "fifo", "", 0, "", 0620));
    assertThat(names()).containsExactly("fifo");
    assertThat(Files.getAttribute(layer.resolve("fifo"), "unix:mode")).isEqualTo(010620);
  }

  @Test
  void whiteoutsBecomeOverlays() throws Exception {
    write(
        new TarBuilder()
            .file(".wh.gone", "")
            .file("dir/.wh..wh..opq", "")
            .file("dir/new", "x")
            .file(".wh.both", "")
            .file("both/x", "y")
            .file(".wh..wh.plnk", ""));
    assertThat(Files.getAttribute(layer.resolve("gone"), "unix:mode")).isEqualTo(020000);
    assertThat(Files.getAttribute(layer.resolve("gone"), "unix:rdev")).isEqualTo(0L);
    assertThat(attribute("dir", "trusted.overlay.opaque")).isEqualTo("y");
    assertThat(attribute("both", "trusted.overlay.opaque")).isEqualTo("y");
    assertThat(names()).containsExactlyInAnyOrder("gone", "dir", "both");
    for (String name : List.of(".wh.", ".wh..", ".wh...")) {
      refused(new TarBuilder().file(name, ""), "hides nothing that can be named");
    }
  }

  @Test
  void anOpaqueRootIsReported() throws Exception {
    assertThat(write(new TarBuilder().file(".wh..wh..opq", "")).hidesLower()).isTrue();
    assertThat(names()).isEmpty();
  }

  @Test
  void onlyHarmlessAttributesAreKept() throws Exception {
    write(
        new TarBuilder()
            .pax(
                "SCHILY.xattr.user.mine", "v\0\u00ff",
                "SCHILY.xattr.user.overlay.opaque", "y",
                "SCHILY.xattr.trusted.overlay.redirect", "/etc",
                "SCHILY.xattr.security.capability", CAPABILITY,
                "SCHILY.xattr.system.posix_acl_access", "x")
            .entry('0', "p", "", 1, "x", 04755)
            .pax("SCHILY.xattr.trusted.overlay.opaque", "y")
            .directory("d")
            .pax("SCHILY.xattr.security.capability", "\1\0\0\3" + "\0".repeat(16) + "\5\0\0\0")
            .file("q", ""));
    try (DirectoryDescriptor root = DirectoryDescriptor.open(layer);
        var file = root.file("p", Resolve.NO_SYMLINKS);
        var other = root.file("q", Resolve.NO_SYMLINKS);
        var directory = root.directory("d", Resolve.NO_SYMLINKS)) {
      assertThat(file.attributeNames())
          .containsExactlyInAnyOrder("user.mine", "security.capability");
      assertThat(file.attribute("user.mine").orElseThrow()).containsExactly('v', 0, 0xff);
      assertThat(file.status().permissions()).isEqualTo(04755);
      assertThat(other.attributeNames()).isEmpty();
      assertThat(directory.attributeNames()).isEmpty();
    }
  }

  @Test
  void sizesThatLieAreRefusedBeforeAnythingIsWritten() {
    refused(new TarBuilder().entry('0', "x", "", 1L << 60, "", 0644), "more than 1048576 bytes");
    refused(
        new TarBuilder()
            .pax("GNU.sparse.map", "0,1", "GNU.sparse.size", Long.toString(1L << 60))
            .file("x", "a"),
        "more than 1048576 bytes");
    TarBuilder many = new TarBuilder();
    for (int i = 0; i < 101; i++) {
      many.file("f" + i, "");
    }
    refused(many, "more than 100 entries");
    refused(new TarBuilder().pax("path", "a/".repeat(110) + "x").file("x", ""), "entries");
  }

  @Test
  void namesBeyondTheFileSystemsLimitAreRefusedInWords() {
    refused(new TarBuilder().pax("path", "n".repeat(300)).file("x", ""), "File name too long");
  }

  @Test
  void namesThatAreNoTextSurvive() throws Exception {
    write(new TarBuilder().file("\u00ff\u00fe", "x"));
    try (DirectoryDescriptor root = DirectoryDescriptor.open(layer)) {
      assertThat(root.names()).containsExactly("\u00ff\u00fe");
    }
  }

  @Test
  void timesOfFoldersAreTheArchives() throws Exception {
    write(new TarBuilder().directory("d").file("d/x", "y"));
    assertThat(Files.getLastModifiedTime(layer.resolve("d")).toMillis())
        .isEqualTo(1_000_000_000_000L);
  }

  @Test
  void treesOfAnyDepthCanBeRemovedButNothingBehindAMount() throws Exception {
    try (DirectoryDescriptor root = DirectoryDescriptor.open(folder)) {
      run(
          "python3",
          "-c",
          "import os\nos.chdir('"
              + layer
              + "')\n"
              + "for i in range(5000):\n os.mkdir('d'*200)\n os.chdir('d'*200)");
      TreeDeletion.delete(root, "layer");
      assertThat(layer).doesNotExist();
      Path mount = Files.createDirectories(folder.resolve("tree/mount"));
      Path source = Files.createDirectory(folder.resolve("source"));
      Files.writeString(source.resolve("kept"), "x");
      dev.atoll.linux.Mounts.bind(source, mount);
      try {
        assertThatThrownBy(() -> TreeDeletion.delete(root, "tree"))
            .hasMessageContaining("Invalid cross-device link");
      } finally {
        dev.atoll.linux.Mounts.unmount(mount);
      }
      assertThat(source.resolve("kept")).exists();
    }
  }

  private LayerContents write(TarBuilder archive) throws Exception {
    try (DirectoryDescriptor root = DirectoryDescriptor.open(layer);
        LayerWriter writer = new LayerWriter(root, LIMITS)) {
      return writer.write(new TarReader(new ByteArrayInputStream(archive.bytes())));
    }
  }

  private void refused(TarBuilder archive, String rule) {
    assertThatThrownBy(() -> write(archive))
        .isInstanceOf(AtollException.class)
        .hasMessageContaining(rule);
    assertThat(outside).hasContent("untouched");
  }

  private String attribute(String name, String attribute) throws Exception {
    try (DirectoryDescriptor root = DirectoryDescriptor.open(layer);
        var node = root.directory(name, Resolve.NO_SYMLINKS)) {
      return new String(node.attribute(attribute).orElseThrow());
    }
  }

  private List<String> names() throws Exception {
    try (DirectoryDescriptor root = DirectoryDescriptor.open(layer)) {
      return root.names();
    }
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
