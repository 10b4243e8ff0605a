package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A sandbox's files as a file system of the JDK. */
abstract class FileSystemTests extends SnapshotTests {
  FileSystemTests(String tier) {
    super(tier);
  }

  /** A new folder of the shared sandbox. */
  private Path folder(String name) throws IOException {
    return Files.createDirectories(sandbox.fileSystem().getPath("/srv", "files", name));
  }

  private String sh(String script) {
    return sandbox.exec("sh", "-euc", script).readText();
  }

  @Test
  void textsAndBytesAreWrittenAndRead() throws IOException {
    Path folder = folder("texts");
    Path file = folder.resolve("greeting.txt");
    Files.writeString(file, "grüße\n");
    assertThat(sh("cat /srv/files/texts/greeting.txt")).isEqualTo("grüße\n");
    Files.writeString(file, "more\n", StandardOpenOption.APPEND);
    assertThat(Files.readString(file)).isEqualTo("grüße\nmore\n");
    assertThat(Files.readAllLines(file)).containsExactly("grüße", "more");
    try (Stream<String> lines = Files.lines(file)) {
      assertThat(lines).containsExactly("grüße", "more");
    }
    byte[] bytes = new byte[3_000_000];
    new Random(1).nextBytes(bytes);
    Files.write(file, bytes);
    assertThat(Files.size(file)).isEqualTo(bytes.length);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    Files.write(file, new byte[0]);
    assertThat(Files.readAllBytes(file)).isEmpty();
    try (OutputStream output = Files.newOutputStream(folder.resolve("flushed"))) {
      output.write("seen".getBytes(StandardCharsets.UTF_8));
      output.flush();
      assertThat(sh("cat /srv/files/texts/flushed")).isEqualTo("seen");
    }
    assertThat(Files.createFile(folder.resolve("empty"))).isEmptyFile();
    assertThat(Files.createTempFile(folder, "some", ".tmp").getFileName().toString())
        .startsWith("some")
        .endsWith(".tmp");
  }

  @Test
  void aChannelReadsAndWritesAnywhere() throws IOException {
    Path file = folder("channel").resolve("digits");
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      channel.write(bytes("0123456789"));
      assertThat(channel.position()).isEqualTo(10);
      channel.position(3).write(bytes("abc"));
      assertThat(channel.size()).isEqualTo(10);
      assertThat(read(channel, 2)).isEqualTo("67");
      assertThat(read(channel.position(2), 6)).isEqualTo("2abc67");
      channel.write(bytes("X"));
      assertThat(read(channel.position(7), 10)).isEqualTo("7X9");
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      channel.position(12).write(bytes("!"));
      assertThat(channel.truncate(20).size()).isEqualTo(13);
      assertThat(
              catchThrowableOfType(UnsupportedOperationException.class, () -> channel.truncate(2)))
          .hasMessageContaining("TRUNCATE_EXISTING");
    }
    assertThat(Files.readAllBytes(file)).startsWith('0').hasSize(13).endsWith(0, 0, '!');
    try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.write(bytes("Z"));
    }
    assertThat(Files.readString(file)).startsWith("Z12abc67X9");
    Path large = file.resolveSibling("large");
    sh(
        "cd /srv/files/channel; dd if=/dev/zero of=large bs=1 seek=3000000000 count=0; echo end >> large");
    try (SeekableByteChannel channel = Files.newByteChannel(large)) {
      assertThat(read(channel.position(3_000_000_000L), 10)).isEqualTo("end\n");
    }
    try (SeekableByteChannel channel =
        Files.newByteChannel(large, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
      assertThat(channel.isOpen()).isTrue();
    }
    assertThat(Files.exists(large)).isFalse();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String read(SeekableByteChannel channel, int most) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(most);
    int unused = channel.read(buffer);
    assertThat(unused).isPositive();
    return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
  }

  @Test
  void localFilesAreCopiedBothWays() throws IOException {
    Path local = Files.createDirectory(server.folder().resolve("local"));
    Path folder = folder("copies");
    byte[] bytes = new byte[5_000_000];
    new Random(2).nextBytes(bytes);
    Path from = Files.write(local.resolve("from"), bytes);
    Files.copy(from, folder.resolve("there"));
    assertThat(Files.size(folder.resolve("there"))).isEqualTo(bytes.length);
    Files.copy(folder.resolve("there"), local.resolve("back"));
    assertThat(local.resolve("back")).hasBinaryContent(bytes);
    assertThat(
            catchThrowableOfType(
                FileAlreadyExistsException.class, () -> Files.copy(from, folder.resolve("there"))))
        .hasMessageContaining("there");
    Files.writeString(from, "short");
    Files.copy(from, folder.resolve("there"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(Files.readString(folder.resolve("there"))).isEqualTo("short");
  }

  @Test
  void aFolderIsListedAndWalked() throws IOException {
    Path folder = folder("walk");
    sh(
        "cd /srv/files/walk; mkdir -p a/b; echo 1 > a/one; echo 22 > a/b/two; ln -s a/b link; touch .h");
    try (Stream<Path> entries = Files.list(folder)) {
      assertThat(entries.map(entry -> entry.getFileName().toString()))
          .containsExactly(".h", "a", "link");
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "[a-k]*")) {
      assertThat(stream).containsExactly(folder.resolve("a"));
    }
    try (Stream<Path> entries = Files.walk(folder)) {
      assertThat(entries.map(entry -> folder.relativize(entry).toString()))
          .containsExactly("", ".h", "a", "a/b", "a/b/two", "a/one", "link");
    }
    try (Stream<Path> files =
        Files.find(
            folder, 5, (_, attributes) -> attributes.isRegularFile() && attributes.size() > 2)) {
      assertThat(files).containsExactly(folder.resolve("a/b/two"));
    }
    Path link = folder.resolve("link");
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.isDirectory(link)).isTrue();
    assertThat(Files.isDirectory(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(Files.readSymbolicLink(link).toString()).isEqualTo("a/b");
    assertThat(link.resolve("../one").toRealPath()).isEqualTo(folder.resolve("a/one"));
    assertThat(Files.isSameFile(link.resolve("two"), folder.resolve("a/b/two"))).isTrue();
    assertThat(Files.isHidden(folder.resolve(".h"))).isTrue();
    PosixFileAttributes attributes =
        Files.readAttributes(folder.resolve("a/one"), PosixFileAttributes.class);
    assertThat(attributes.owner().getName()).isEqualTo("root");
    assertThat(PosixFilePermissions.toString(attributes.permissions())).isEqualTo("rw-r--r--");
    assertThat(attributes.lastModifiedTime().toInstant())
        .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(600));
    assertThat(Files.readAttributes(folder.resolve("a/one"), "posix:size,group"))
        .containsEntry("size", 2L)
        .containsOnlyKeys("size", "group");
  }

  /**
   * What is asked right after a listing is the truth all the same once this client has changed it.
   */
  @Test
  void aListingIsNotTrustedAfterAChange() throws IOException {
    Path folder = folder("listing");
    Files.writeString(folder.resolve("file"), "1");
    for (boolean byExec : List.of(false, true)) {
      Path listed;
      try (Stream<Path> entries = Files.list(folder)) {
        listed = entries.findFirst().orElseThrow();
      }
      if (byExec) {
        sh("echo 4444 > /srv/files/listing/file");
      } else {
        Files.writeString(folder.resolve("file"), "22");
      }
      assertThat(Files.size(listed)).isEqualTo(byExec ? 5 : 2);
    }
  }

  @Test
  void foldersAreMadeAndRemoved() throws IOException {
    Path folder = folder("making");
    Path deep = folder.resolve("one/two");
    assertThat(catchThrowableOfType(NoSuchFileException.class, () -> Files.createDirectory(deep)))
        .hasMessageContaining("one/two");
    Files.createDirectories(deep);
    Files.createDirectories(deep);
    assertThat(Files.isDirectory(deep)).isTrue();
    assertThat(
            catchThrowableOfType(
                FileAlreadyExistsException.class, () -> Files.createDirectory(deep)))
        .hasMessageContaining("one/two");
    Path one = folder.resolve("one");
    assertThat(catchThrowableOfType(DirectoryNotEmptyException.class, () -> Files.delete(one)))
        .hasMessageContaining("one");
    assertThat(Files.exists(deep)).isTrue();
    Files.delete(deep);
    assertThat(Files.deleteIfExists(one)).isTrue();
    assertThat(Files.deleteIfExists(one)).isFalse();
    assertThat(Files.notExists(one)).isTrue();
  }

  @Test
  void eachFailureIsOfItsKind() throws IOException {
    Path folder = folder("failures");
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path missing = folder.resolve("missing");
    Path below = file.resolve("below");
    fails(NoSuchFileException.class, () -> Files.readString(missing), missing);
    fails(NoSuchFileException.class, () -> Files.size(missing), missing);
    fails(NoSuchFileException.class, () -> Files.delete(missing), missing);
    fails(NoSuchFileException.class, () -> Files.move(missing, file), missing);
    fails(NoSuchFileException.class, () -> Files.writeString(missing.resolve("x"), ""), missing);
    fails(
        NoSuchFileException.class,
        () -> Files.writeString(missing, "", StandardOpenOption.WRITE),
        missing);
    fails(
        NoSuchFileException.class,
        () -> Files.writeString(missing, "", StandardOpenOption.APPEND),
        missing);
    assertThat(Files.exists(missing)).isFalse();
    fails(
        FileAlreadyExistsException.class,
        () -> Files.writeString(file, "", StandardOpenOption.CREATE_NEW),
        file);
    fails(FileAlreadyExistsException.class, () -> Files.copy(folder, file), file);
    fails(NotDirectoryException.class, () -> Files.newDirectoryStream(file), file);
    fails(NotDirectoryException.class, () -> Files.readString(below), below);
    fails(FileSystemException.class, () -> Files.readString(folder), folder);
    fails(FileSystemException.class, () -> Files.writeString(folder, ""), folder);
    fails(NotLinkException.class, () -> Files.readSymbolicLink(file), file);
    Path readOnly = sandbox.fileSystem().getPath("/__modal/.bin/new");
    fails(AccessDeniedException.class, () -> Files.writeString(readOnly, ""), readOnly);
    fails(AccessDeniedException.class, () -> Files.createDirectory(readOnly), readOnly);
    assertThat(Files.isWritable(file)).isTrue();
    assertThat(Files.isExecutable(file)).isFalse();
    Path loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    fails(FileSystemException.class, () -> Files.size(loop), loop);
    assertThat(
            catchThrowableOfType(
                UnsupportedOperationException.class, () -> Files.getFileStore(file)))
        .hasMessageContaining("file stores");
  }

  private static void fails(
      Class<? extends FileSystemException> kind, ThrowingCallable call, Path path) {
    FileSystemException failure = catchThrowableOfType(kind, call);
    assertThat(failure).as("%s of %s", kind.getSimpleName(), path).isNotNull();
    assertThat(failure.getFile()).startsWith(path.toString());
  }

  @Test
  void filesAreMovedLinkedAndGivenPermissions() throws IOException {
    Path folder = folder("moves");
    Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\necho ran\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));
    Path copy = Files.copy(script, folder.resolve("copy"));
    assertThat(sandbox.exec(copy.toString()).readText()).isEqualTo("ran\n");
    FileTime time = FileTime.from(Instant.parse("2020-02-03T04:05:06Z"));
    Files.setLastModifiedTime(script, time);
    Path exact = Files.copy(script, folder.resolve("exact"), StandardCopyOption.COPY_ATTRIBUTES);
    assertThat(Files.getLastModifiedTime(exact)).isEqualTo(time);

    Path moved = Files.move(script, folder.resolve("moved"));
    assertThat(Files.exists(script)).isFalse();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(moved)))
        .isEqualTo("rwxr-x---");
    Path other = Files.writeString(folder.resolve("other"), "other");
    fails(FileAlreadyExistsException.class, () -> Files.move(moved, other), other);
    Files.move(moved, other, StandardCopyOption.REPLACE_EXISTING);
    assertThat(Files.readString(other)).contains("echo ran");
    assertThat(
            catchThrowableOfType(
                AtomicMoveNotSupportedException.class,
                () -> Files.move(other, moved, StandardCopyOption.ATOMIC_MOVE)))
        .hasMessageContaining("protocol");

    Path tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("below"));
    Path full = folder.resolve("full");
    Path inFull = Files.createDirectories(full.resolve("x"));
    fails(
        DirectoryNotEmptyException.class,
        () -> Files.move(tree, full, StandardCopyOption.REPLACE_EXISTING),
        full);
    Files.delete(inFull);
    Files.move(tree, full, StandardCopyOption.REPLACE_EXISTING);
    assertThat(Files.isDirectory(full.resolve("below"))).isTrue();

    Path link =
        Files.createSymbolicLink(folder.resolve("link"), folder.getFileSystem().getPath("full"));
    fails(FileAlreadyExistsException.class, () -> Files.createSymbolicLink(link, other), link);
    Path linkCopy = Files.copy(link, folder.resolve("link2"), LinkOption.NOFOLLOW_LINKS);
    assertThat(Files.readSymbolicLink(linkCopy).toString()).isEqualTo("full");
    Files.move(other, link, StandardCopyOption.REPLACE_EXISTING);
    assertThat(Files.isRegularFile(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("none"));
    Files.copy(link, dangling, StandardCopyOption.REPLACE_EXISTING);
    assertThat(Files.isRegularFile(dangling, LinkOption.NOFOLLOW_LINKS)).isTrue();
    Path onto = Files.createSymbolicLink(folder.resolve("onto"), copy);
    Files.copy(onto, copy, StandardCopyOption.REPLACE_EXISTING);
    assertThat(Files.readString(copy)).as("a file that is copied onto itself").contains("ran");
    Path hard = Files.createLink(folder.resolve("hard"), copy);
    Files.writeString(hard, "through both");
    assertThat(Files.readString(copy)).isEqualTo("through both");
    Files.setOwner(copy, Files.getOwner(folder));
    assertThat(Files.getOwner(copy).getName()).isEqualTo("root");
  }

  @Test
  void aWatchTellsOfAFolder() throws IOException, InterruptedException {
    Path folder = folder("watched");
    Files.writeString(folder.resolve("old"), "x");
    try (WatchService watcher = sandbox.fileSystem().newWatchService()) {
      WatchKey key =
          folder.register(
              watcher,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_DELETE,
              StandardWatchEventKinds.ENTRY_MODIFY);
      // At once: what happens before the program in the sandbox watches is told as well.
      sh("cd /srv/files/watched; echo 1 > new; rm old");
      List<String> seen = new ArrayList<>();
      awaitEvents(watcher, key, seen, "ENTRY_CREATE new", "ENTRY_DELETE old");
      seen.clear();
      sh("cd /srv/files/watched; mv new newer; echo 2 >> newer");
      awaitEvents(
          watcher, key, seen, "ENTRY_DELETE new", "ENTRY_CREATE newer", "ENTRY_MODIFY newer");
      sh("rm -r /srv/files/watched");
      while (key.isValid()) {
        WatchKey told = watcher.poll(20, TimeUnit.SECONDS);
        assertThat(told).isSameAs(key);
        key.pollEvents();
        key.reset();
      }
    }
  }

  private static void awaitEvents(
      WatchService watcher, WatchKey key, List<String> seen, String... expected)
      throws InterruptedException {
    while (!seen.containsAll(List.of(expected))) {
      WatchKey told = watcher.poll(20, TimeUnit.SECONDS);
      assertThat(told).as("seen until now: %s", seen).isSameAs(key);
      for (WatchEvent<?> event : key.pollEvents()) {
        seen.add(event.kind() + " " + event.context());
      }
      assertThat(key.reset()).isTrue();
    }
  }

  @Test
  void relativePathsStartWhereProcessesDo() throws IOException {
    try (Sandbox box = client.sandboxes().create(app, tiny, options -> options.workdir("/tmp"))) {
      FileSystem files = box.fileSystem();
      Path relative = files.getPath("here");
      Files.writeString(relative, "x");
      assertThat(relative.toAbsolutePath().toString()).isEqualTo("/tmp/here");
      assertThat(box.exec("cat", "here").readText()).isEqualTo("x");
      assertThat(relative.toUri().toString()).isEqualTo("atoll://" + box.id() + "/tmp/here");
      assertThat(box.fileSystem()).isSameAs(files);
      files.close();
      assertThat(files.isOpen()).isFalse();
      assertThat(
              catchThrowableOfType(
                  ClosedFileSystemException.class, () -> Files.readString(relative)))
          .isNotNull();
      assertThat(Files.readString(box.fileSystem().getPath("here"))).isEqualTo("x");
      box.detach();
      assertThat(
              catchThrowableOfType(
                  FileSystemException.class,
                  () -> Files.readString(box.fileSystem().getPath("/tmp/here"))))
          .hasMessageContaining("is closed");
    }
  }

  /** Nothing but files, and what the server itself brings. */
  @Test
  void filesOfAnImageWithoutProgramsAreReached() throws IOException {
    Path root = server.folder().resolve("nothing");
    Files.createDirectories(root.resolve("srv"));
    try (Wire wire = Wire.to(server)) {
      wire.importImage(root, "nothing:1");
    }
    try (Sandbox box = client.sandboxes().create(app, client.images().fromRegistry("nothing:1"))) {
      Path file = Files.writeString(box.fileSystem().getPath("/srv/file"), "content");
      Path copy = Files.copy(file, file.resolveSibling("copy"));
      assertThat(Files.readString(copy)).isEqualTo("content");
      try (Stream<Path> files = Files.walk(file.getParent())) {
        assertThat(files).hasSize(3);
      }
      assertThat(
              catchThrowableOfType(
                  UnsupportedOperationException.class,
                  () -> Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING)))
          .hasMessageContaining("no program 'mv'");
      assertThat(Files.readAttributes(file, "posix:*"))
          .containsKeys("size", "owner", "permissions");
      Files.delete(copy);
      assertThat(Files.exists(copy)).isFalse();
    }
  }
}
