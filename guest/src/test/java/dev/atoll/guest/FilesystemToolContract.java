package dev.atoll.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.guest.ToolRun.Outcome;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a client gets from the filesystem tool, by its argument, its streams and its exit code. */
@Timeout(60)
abstract class FilesystemToolContract {
  @TempDir Path folder;
  Path tool;

  abstract Path tool() throws IOException;

  @BeforeEach
  void prepare() throws IOException {
    tool = tool();
  }

  ToolRun start(String command) throws IOException {
    return new ToolRun(tool, command.replace("DIR", folder.toString()).replace('\'', '"'));
  }

  private Outcome run(String command) throws Exception {
    return start(command).finish(new byte[0]);
  }

  private void succeeds(String command) throws Exception {
    assertThat(run(command)).isEqualTo(Outcome.silent());
  }

  private void fails(String command, String kind) throws Exception {
    Outcome outcome = run(command);
    assertThat(outcome.code()).as(command).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .matches(
            "\\{\"version\":1,\"error_kind\":\"%s\",\"message\":\".+\",\"detail\":\".+\"}\n"
                .formatted(kind));
  }

  private void write(String path, byte[] content) throws Exception {
    assertThat(start("{'WriteFile':{'path':'" + path + "'}}").finish(content))
        .isEqualTo(Outcome.silent());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void anyBytesAreWrittenAndReadAgain() throws Exception {
    byte[] bytes = new byte[3_000_001];
    new Random(5).nextBytes(bytes);
    write("DIR/a/b/c", bytes);
    Path file = folder.resolve("a/b/c");
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
    assertThat(start("{'ReadFile':{'path':'DIR/a/b/c'}}").bytes()).isEqualTo(bytes);
    write("DIR/a/b/c", new byte[0]);
    assertThat(file).isEmptyFile();
    assertThat(names()).containsExactly("a");
  }

  @Test
  void aFileThatIsReplacedKeepsItsModeAndItsLink() throws Exception {
    Path file = Files.writeString(folder.resolve("script"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx-----x"));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("script"));
    write("DIR/link", "new".getBytes(StandardCharsets.UTF_8));
    assertThat(folder.resolve("link")).isSymbolicLink().hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rwx-----x");
    Files.createSymbolicLink(folder.resolve("to-nowhere"), folder.resolve("new/made"));
    write("DIR/to-nowhere", "x".getBytes(StandardCharsets.UTF_8));
    assertThat(folder.resolve("new/made")).hasContent("x");
  }

  @Test
  void nothingIsSeenBeforeTheEndOfTheInput() throws Exception {
    Files.writeString(folder.resolve("file"), "old");
    ToolRun writing = start("{'WriteFile':{'path':'DIR/file'}}");
    writing.write(new byte[1 << 20]);
    assertThat(folder.resolve("file")).hasContent("old");
    writing.terminate();
    assertThat(names()).as("nothing partial is left").containsExactly("file");
    assertThat(folder.resolve("file")).hasContent("old");
  }

  @Test
  void writingFailsWhereThereIsNoPlaceForAFile() throws Exception {
    Files.writeString(folder.resolve("file"), "x");
    Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    fails("{'WriteFile':{'path':'DIR'}}", "IsDirectory");
    fails("{'WriteFile':{'path':'DIR/new/'}}", "IsDirectory");
    fails("{'WriteFile':{'path':'DIR/file/below'}}", "NotDirectory");
    fails("{'WriteFile':{'path':'DIR/file/far/below'}}", "NotDirectory");
    fails("{'WriteFile':{'path':'/dev/null'}}", "Io");
    fails("{'WriteFile':{'path':'DIR/loop'}}", "Io");
    fails("{'WriteFile':{'path':'DIR/%s'}}".formatted("x".repeat(256)), "Io");
    assertThat(names()).containsExactly("file", "loop");
  }

  @Test
  void readingFailsBeforeAnyByte() throws Exception {
    fails("{'ReadFile':{'path':'DIR/none'}}", "NotFound");
    fails("{'ReadFile':{'path':'DIR'}}", "IsDirectory");
    ToolRun.run("mkfifo", folder.resolve("fifo").toString());
    fails("{'ReadFile':{'path':'DIR/fifo'}}", "Io");
    try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve("big").toFile(), "rw")) {
      sparse.setLength((5L << 30) + 1);
    }
    fails("{'ReadFile':{'path':'DIR/big'}}", "FileTooLarge");
  }

  @Test
  void aFolderIsListedByName() throws Exception {
    Files.writeString(folder.resolve("z"), "12345");
    Files.createDirectory(folder.resolve(".hidden"));
    Files.createSymbolicLink(folder.resolve("link \"é\""), Path.of("no where"));
    Files.setLastModifiedTime(
        folder.resolve("z"), FileTime.from(Instant.ofEpochSecond(1_700_000_000, 500_000_000)));
    Files.setPosixFilePermissions(
        folder.resolve("z"), PosixFilePermissions.fromString("rw-r-----"));
    Outcome outcome = run("{'ListFiles':{'path':'DIR/'}}");
    assertThat(outcome.code()).isZero();
    String prefix = "{\"name\":\"%s\",\"path\":\"" + folder + "/%s\",\"type\":\"%s\",\"size\":";
    int hidden = outcome.out().indexOf(prefix.formatted(".hidden", ".hidden", "directory"));
    int link =
        outcome.out().indexOf(prefix.formatted("link \\\"é\\\"", "link \\\"é\\\"", "symlink"));
    int z = outcome.out().indexOf(prefix.formatted("z", "z", "file"));
    assertThat(List.of(hidden, link, z)).isSorted().doesNotContain(-1);
    assertThat(outcome.out())
        .startsWith("[{")
        .contains("\"symlink_target\":\"no where\"}")
        .endsWith(
            "5,\"mode\":33184,\"permissions\":\"0640\",\"owner\":\"root\",\"group\":\"root\","
                + "\"modified_time\":1700000000.500000000,\"symlink_target\":null}]\n");
    Files.createSymbolicLink(folder.resolve("folder"), Path.of(".hidden"));
    assertThat(run("{'ListFiles':{'path':'DIR/folder'}}").out()).isEqualTo("[]\n");
    fails("{'ListFiles':{'path':'DIR/z'}}", "NotDirectory");
    fails("{'ListFiles':{'path':'DIR/none'}}", "NotFound");
  }

  @Test
  void statTellsOfALinkItself() throws Exception {
    Files.createSymbolicLink(folder.resolve("link"), Path.of("none"));
    assertThat(run("{'Stat':{'path':'DIR/link'}}").out())
        .startsWith("{\"name\":\"link\",\"path\":\"" + folder + "/link\",\"type\":\"symlink\"")
        .endsWith("\"symlink_target\":\"none\"}\n");
    assertThat(run("{'Stat':{'path':'/'}}").out())
        .startsWith("{\"name\":\"/\",\"path\":\"/\",\"type\":\"directory\"");
    fails("{'Stat':{'path':'DIR/none'}}", "NotFound");
    Files.writeString(folder.resolve("file"), "");
    fails("{'Stat':{'path':'DIR/file/below'}}", "NotDirectory");
  }

  @Test
  void foldersAreMade() throws Exception {
    succeeds("{'MakeDirectory':{'path':'DIR/a/b/c/','parents':true}}");
    succeeds("{'MakeDirectory':{'path':'DIR/a/b/c','parents':true}}");
    succeeds("{'MakeDirectory':{'path':'DIR/a/d','parents':false}}");
    succeeds("{'MakeDirectory':{'path':'/','parents':true}}");
    assertThat(folder.resolve("a/b/c")).isDirectory();
    Files.writeString(folder.resolve("file"), "");
    fails("{'MakeDirectory':{'path':'DIR/a/d','parents':false}}", "PathAlreadyExists");
    fails("{'MakeDirectory':{'path':'DIR/file','parents':false}}", "PathAlreadyExists");
    fails("{'MakeDirectory':{'path':'DIR/file','parents':true}}", "PathAlreadyExists");
    fails("{'MakeDirectory':{'path':'DIR/file/x','parents':true}}", "NotDirectory");
    fails("{'MakeDirectory':{'path':'DIR/file/x/y','parents':true}}", "NotDirectory");
    fails("{'MakeDirectory':{'path':'DIR/none/x','parents':false}}", "NotFound");
  }

  @Test
  void removingTakesWhatIsNamedAndFollowsNoLink() throws Exception {
    Path kept = Files.writeString(Files.createDirectory(folder.resolve("kept")).resolve("x"), "");
    Path tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("deep/er"));
    Files.createSymbolicLink(tree.resolve("deep/link"), folder.resolve("kept"));
    for (int i = 0; i < 500; i++) {
      Files.writeString(tree.resolve("deep/file" + i), "");
    }
    Files.createSymbolicLink(folder.resolve("link"), Path.of("kept"));
    fails("{'Remove':{'path':'DIR/tree','recursive':false}}", "DirectoryNotEmpty");
    succeeds("{'Remove':{'path':'DIR/link/','recursive':true}}");
    succeeds("{'Remove':{'path':'DIR/tree','recursive':true}}");
    assertThat(names()).containsExactly("kept");
    assertThat(kept).exists();
    fails("{'Remove':{'path':'DIR/tree','recursive':true}}", "NotFound");
    fails("{'Remove':{'path':'DIR/tree','recursive':false}}", "NotFound");
    fails("{'Remove':{'path':'/','recursive':true}}", "Io");
    succeeds("{'Remove':{'path':'DIR/kept/x','recursive':false}}");
    succeeds("{'Remove':{'path':'DIR/kept','recursive':false}}");
    assertThat(names()).isEmpty();
  }

  @Test
  void aCommandThatIsNoneIsRefused() throws Exception {
    fails("", "InvalidCommand");
    fails("{'ReadFile':{'path':'relative'}}", "InvalidCommand");
    fails("{'Chmod':{'path':'DIR'}}", "InvalidCommand");
    fails("{'Remove':{'path':'DIR','recursive':true,'force':true}}", "InvalidCommand");
  }
}
