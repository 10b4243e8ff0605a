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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images as archives for others. Needs root, and skopeo as one of the others. */
class ExportIT {
  @TempDir Path temporary;
  private ImageStore store;
  private Path mountPoint;

  @BeforeEach
  void open() throws Exception {
    store = open("store");
    mountPoint = Files.createDirectory(temporary.resolve("mount"));
  }

  private ImageStore open(String name) throws Exception {
    return ImageStores.open(
        ImageStoreConfig.of(temporary.resolve(name)).withCache(temporary.resolve("cache")));
  }

  @AfterEach
  void closeAndCount() throws Exception {
    store.close();
    assertThat(MountInfo.atOrBelow(temporary)).isEmpty();
    for (String folder : List.of("trash", "views", "exports")) {
      assertThat(temporary.resolve("store").resolve(folder)).isEmptyDirectory();
    }
  }

  @Test
  void whatComesBackIsTheSame() throws Exception {
    Image image = changed();
    String before = listing(store, image);
    assertThat(before).contains("moved/kept", "user.note", "12345 links=2");

    Path archive = export(image, "tools:1");
    assertThat(Files.readAllBytes(archive))
        .as("the same bytes")
        .isEqualTo(Files.readAllBytes(export(image, "tools:1")));
    ImageStore other = open("other");
    try {
      Image back = other.importFrom(archive, Progress.silent());
      assertThat(back.config()).isEqualTo(image.config());
      assertThat(back.layerCount()).isEqualTo(image.layerCount());
      assertThat(listing(other, back)).isEqualTo(before);
      Path again = temporary.resolve("again.tar");
      try (var out = Files.newOutputStream(again)) {
        other.export(back, "tools:1", out, Progress.silent());
      }
      assertThat(Files.mismatch(again, archive)).as("exported once more").isEqualTo(-1);
    } finally {
      other.close();
    }
  }

  @Test
  void othersReadIt() throws Exception {
    Image image = changed();
    Path archive = export(image, "tools:1");
    String inspected = run("skopeo", "inspect", "--raw", "oci-archive:" + archive);
    assertThat(inspected).contains("application/vnd.oci.image.manifest.v1+json");
    String config = run("skopeo", "inspect", "--config", "oci-archive:" + archive);
    assertThat(config).contains("\"A=1\"", "\"80/tcp\"", "\"Cmd\"");
    for (String from : new String[] {"oci-archive:" + archive, "docker-archive:" + archive}) {
      Path copy = temporary.resolve("copy" + from.length());
      run("skopeo", "copy", "-q", "--insecure-policy", from, "dir:" + copy);
      assertThat(copy.resolve("manifest.json")).isNotEmptyFile();
    }
    // Every layer is what the config says, and GNU tar can read it.
    Path layout = Files.createDirectory(temporary.resolve("layout"));
    run("tar", "-C", layout.toString(), "-xf", archive.toString());
    String manifest = run("skopeo", "inspect", "--raw", "oci:" + layout);
    var digests =
        java.util.regex.Pattern.compile("tar\\+gzip\",\"digest\":\"sha256:([0-9a-f]+)")
            .matcher(manifest)
            .results()
            .map(m -> m.group(1))
            .toList();
    assertThat(digests).hasSize(2);
    for (String digest : digests) {
      Path blob = layout.resolve("blobs/sha256").resolve(digest);
      assertThat(Digests.sha256(Files.readAllBytes(blob))).endsWith(digest);
      run("gzip", "-kS", ".z", "-d", "--force", Files.copy(blob, Path.of(blob + ".z")).toString());
      assertThat(config).contains(Digests.sha256(Files.readAllBytes(blob)));
      run("tar", "-tvf", blob.toString());
    }
    String upper =
        run("tar", "-tf", layout.resolve("blobs/sha256").resolve(digests.get(1)).toString());
    assertThat(upper.lines())
        .contains("./", ".wh.dir", "replaced/.wh..wh..opq", "moved/.wh..wh..opq", "moved/kept")
        .doesNotContain("moved/gone", "replaced/old");
  }

  @Test
  void aNameThatMeansARemovalIsRefused() throws Exception {
    Image base = store.importFrom(folder(), Progress.silent());
    Image image = change(base, root -> Files.writeString(root.resolve("dir/.wh.odd"), "x"));
    assertThatThrownBy(() -> export(image, ""))
        .isInstanceOfSatisfying(
            AtollException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION))
        .hasMessageContaining("dir/.wh.odd");
  }

  @Test
  void holesStayHoles() throws Exception {
    Image image =
        change(
            store.importFrom(folder(), Progress.silent()),
            root -> {
              command("truncate", "-s", "8M", root.resolve("hole").toString());
              command(
                  "dd",
                  "if=/dev/zero",
                  "of=" + root.resolve("hole"),
                  "bs=1",
                  "seek=3M",
                  "count=1",
                  "conv=notrunc",
                  "status=none");
            });
    Image back = store.importFrom(export(image, ""), Progress.silent());
    try (RootFilesystem root = store.rootFilesystem(back, IdMapping.IDENTITY)) {
      root.mountAt(mountPoint);
      try {
        String[] facts = run("stat", "-c", "%s %b", mountPoint + "/hole").strip().split(" ");
        assertThat(facts[0]).isEqualTo("8388608");
        assertThat(Integer.parseInt(facts[1])).as("blocks of 512 bytes").isLessThan(2048);
      } finally {
        Mounts.unmount(mountPoint);
      }
    }
  }

  private Path export(Image image, String name) throws Exception {
    Path archive = Files.createTempFile(temporary, "export", ".tar");
    try (var out = Files.newOutputStream(archive)) {
      store.export(image, name, out, Progress.silent());
    }
    return archive;
  }

  private interface Change {
    void apply(Path root) throws Exception;
  }

  private Image change(Image base, Change change) throws Exception {
    try (RootFilesystem root = store.rootFilesystem(base, IdMapping.IDENTITY)) {
      root.mountAt(mountPoint);
      change.apply(mountPoint);
      Mounts.unmount(mountPoint);
      return root.commit(
          base.config()
              .withEnvironment(List.of("A=1"))
              .withCommand(List.of("x", "y z"))
              .withExposedPorts(List.of("80/tcp"))
              .withLabels(Map.of("l", "m"))
              .withWorkingDirectory("/w")
              .withUser("33:44")
              .withEntrypoint(List.of("e")));
    }
  }

  /** An image with all that a layer can have. */
  private Image changed() throws Exception {
    return change(
        store.importFrom(folder(), Progress.silent()),
        root -> {
          command("mv", "-T", root + "/dir", root + "/moved");
          Files.delete(root.resolve("moved/gone"));
          command("rm", "-r", root + "/replaced");
          Files.createDirectory(root.resolve("replaced"));
          Files.writeString(root.resolve("replaced/new"), "new");
          Path file = Files.writeString(root.resolve("file"), "content");
          command("chown", "3000000:12345", file.toString());
          command("chmod", "4751", file.toString());
          command("touch", "-d", "1960-01-02T03:04:05.123456789Z", file.toString());
          Files.createLink(root.resolve("replaced/link"), file);
          command(
              "python3",
              "-c",
              "import os,sys; os.setxattr(sys.argv[1], 'user.note', b'\\0\\xff\\x80')",
              file.toString());
          Files.createSymbolicLink(root.resolve("symlink"), Path.of("/x".repeat(120)));
          command("mkfifo", "-m", "640", root + "/fifo");
          Path deep = root.resolve("d".repeat(200));
          Files.createDirectory(deep);
          // 40 letters of two bytes, whatever this JVM's locale is.
          command(
              "python3",
              "-c",
              "import os,sys; open(os.fsencode(sys.argv[1]) + b'/' + b'\\xc3\\xa4' * 40, 'w').write('deep')",
              deep.toString());
          command("chmod", "1777", deep.toString());
          command("touch", "-d", "2001-02-03T04:05:06Z", deep.toString());
        });
  }

  private Path folder() throws IOException {
    byte[] tar =
        new TarBuilder()
            .directory("dir")
            .file("dir/kept", "kept")
            .file("dir/gone", "gone")
            .directory("replaced")
            .file("replaced/old", "old")
            .bytes();
    return Files.write(Files.createTempFile(temporary, "root", ".tar"), tar);
  }

  /** All names with all that an image keeps of them. */
  private String listing(ImageStore in, Image image) throws Exception {
    try (RootFilesystem root = in.rootFilesystem(image, IdMapping.IDENTITY)) {
      root.mountAt(mountPoint);
      try {
        String script =
            "cd "
                + mountPoint
                + " && find . -regextype egrep ! -regex './(__modal|dev|etc|proc|sys|tmp)(/.*)?' -printf '%p %y %m %U:%G links=%n %T@ %l\\n' | sed"
                + " 's/ d \\(.*\\) links=[0-9]*/ d \\1/' | sort && find . -type f | sort | xargs -d '\\n'"
                + " sha256sum && python3 -c 'import os\nfor f, _, n in os.walk(\".\"):\n  for p in sorted(os.path.join(f, x) for x in n):\n    for a in os.listxattr(p, follow_symlinks=False):\n      print(p, a, os.getxattr(p, a, follow_symlinks=False))' | sort";
        return run("sh", "-c", script);
      } finally {
        Mounts.unmount(mountPoint);
      }
    }
  }

  private static void command(String... command) throws Exception {
    String unused = run(command);
  }

  private static String run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    process.getInputStream().transferTo(output);
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    return output.toString(StandardCharsets.UTF_8);
  }
}
