package dev.atoll.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a watch tells. */
abstract class WatchContract extends FilesystemToolContract {
  private static final String ALL_BUT_ACCESS =
      "['Create','Modify','Remove','Unknown','Rename','RenameFrom','RenameTo']";

  private ToolRun watch(String path, boolean recursive, String filter) throws Exception {
    return watch(path, recursive, filter, 1);
  }

  /** Starts a watch, and waits until it watches so many folders. */
  private ToolRun watch(String path, boolean recursive, String filter, int folders)
      throws Exception {
    ToolRun watch =
        start(
            "{'Watch':{'path':'%s','recursive':%s,'filter':%s,'timeout_secs':null}}"
                .formatted(path, recursive, filter));
    for (int attempt = 0; attempt < 1000; attempt++) {
      if (watchedFolders(watch.pid()) >= folders) {
        return watch;
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    throw new AssertionError("the watch never began");
  }

  /**
   * The tool doesn't say that a watch has begun; the kernel's list of its watches does (proc(5)).
   */
  private static int watchedFolders(long pid) throws IOException {
    int folders = 0;
    try (var files = Files.newDirectoryStream(Path.of("/proc", String.valueOf(pid), "fdinfo"))) {
      for (Path file : files) {
        folders += Files.readString(file).split("inotify wd:", -1).length - 1;
      }
    } catch (NoSuchFileException | DirectoryIteratorException closedMeanwhile) {
      return 0;
    }
    return folders;
  }

  private List<String> end(ToolRun watch) throws Exception {
    watch.closeInput();
    List<String> events = new ArrayList<>();
    for (String line = watch.lines().readLine(); line != null; line = watch.lines().readLine()) {
      events.add(shortened(line));
    }
    assertThat(watch.code()).isZero();
    return events;
  }

  /** Such as {@code Create a} or {@code Rename a b}. */
  private String shortened(String event) {
    assertThat(event).matches("\\{\"event_type\":\"\\w+\",\"paths\":\\[\"/.*\"]}");
    return event
        .replaceAll("\\{\"event_type\":\"(\\w+)\",\"paths\":\\[\"(.*)\"]}", "$1 $2")
        .replace("\",\"", " ")
        .replace(folder + "/", "");
  }

  @Test
  void directChildrenAreTold() throws Exception {
    Path sub = Files.createDirectory(folder.resolve("sub"));
    Path outside = Files.createTempDirectory("atoll-outside");
    ToolRun watch = watch("DIR", false, ALL_BUT_ACCESS);
    Files.writeString(folder.resolve("a"), "x");
    assertThat(shortened(watch.lines().readLine())).as("at once").isEqualTo("Create a");
    Files.move(folder.resolve("a"), folder.resolve("b"));
    Files.move(folder.resolve("b"), outside.resolve("b"));
    Files.move(outside.resolve("b"), folder.resolve("c"));
    Files.writeString(sub.resolve("below"), "not told");
    Files.delete(folder.resolve("c"));
    assertThat(end(watch))
        .containsExactly("Modify a", "Rename a b", "RenameFrom b", "RenameTo c", "Remove c");
    Files.delete(outside);
  }

  @Test
  void aTreeIsTold() throws Exception {
    Files.createDirectories(folder.resolve("one/two"));
    Path outside = Files.createTempDirectory("atoll-outside");
    ToolRun watch = watch("DIR", true, "['Create','Remove','Rename','RenameFrom','RenameTo']", 3);
    Files.writeString(folder.resolve("one/two/a"), "");
    Files.createDirectories(folder.resolve("new/er"));
    // The watch of a new folder takes a moment; what is in it by then is told, too.
    Files.writeString(folder.resolve("new/er/b"), "");
    assertThat(shortened(watch.lines().readLine())).isEqualTo("Create one/two/a");
    assertThat(shortened(watch.lines().readLine())).isEqualTo("Create new");
    assertThat(shortened(watch.lines().readLine())).isEqualTo("Create new/er");
    assertThat(shortened(watch.lines().readLine())).isEqualTo("Create new/er/b");
    Files.move(folder.resolve("one"), folder.resolve("moved"));
    Files.writeString(folder.resolve("moved/two/c"), "");
    Files.move(folder.resolve("moved"), outside.resolve("gone"));
    Files.writeString(outside.resolve("gone/two/not-told"), "");
    Files.move(outside.resolve("gone"), folder.resolve("back"));
    List<String> events = new ArrayList<>();
    while (!events.contains("RenameTo back")) {
      events.add(shortened(watch.lines().readLine()));
    }
    Files.delete(folder.resolve("back/two/c"));
    events.addAll(end(watch));
    // A file that is made while its folder's watch begins may be told twice.
    events.removeIf(event -> event.equals("Create new/er/b"));
    assertThat(events)
        .containsExactly(
            "Rename one moved",
            "Create moved/two/c",
            "RenameFrom moved",
            "RenameTo back",
            "Remove back/two/c");
    Files.delete(outside);
  }

  @Test
  void aFolderThatComesAndGoesIsToldEachTime() throws Exception {
    ToolRun watch = watch("DIR", true, "['Create','Remove']");
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Files.delete(Files.createDirectory(folder.resolve("folder")));
      expected.addAll(List.of("Create folder", "Remove folder"));
    }
    assertThat(end(watch)).isEqualTo(expected);
  }

  @Test
  void aFileIsWatchedAlsoWhenAnotherReplacesIt() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    ToolRun watch = watch("DIR/file", false, ALL_BUT_ACCESS);
    Files.writeString(folder.resolve("other"), "not told");
    Files.writeString(file, "x");
    Files.move(folder.resolve("other"), file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    Files.writeString(file, "y");
    assertThat(end(watch))
        .contains("RenameTo file")
        .endsWith("Modify file")
        .allMatch(event -> event.equals("Modify file") || event.equals("RenameTo file"));
  }

  @Test
  void whatTheToolWritesIsToldAsOneEvent() throws Exception {
    ToolRun watch = watch("DIR", true, ALL_BUT_ACCESS);
    for (String content : List.of("first", "second")) {
      start("{'WriteFile':{'path':'DIR/file'}}").finish(content.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(end(watch)).containsExactly("Create file", "RenameTo file");
  }

  @Test
  void accessIsToldOfFilesOnly() throws Exception {
    Files.writeString(folder.resolve("file"), "x");
    ToolRun watch = watch("DIR", false, "['Access']");
    Files.readString(folder.resolve("file"));
    folder.toFile().list();
    assertThat(end(watch)).isNotEmpty().containsOnly("Access file");
  }

  @Test
  void anEmptyFilterTellsNothing() throws Exception {
    ToolRun watch = watch("DIR", true, "[]");
    Files.createDirectories(folder.resolve("a/b"));
    assertThat(end(watch)).isEmpty();
  }

  @Test
  void theTimeEndsIt() throws Exception {
    long before = System.nanoTime();
    assertThat(start("{'Watch':{'path':'DIR','recursive':true,'timeout_secs':0}}").code()).isZero();
    assertThat(start("{'Watch':{'path':'DIR','recursive':true,'timeout_secs':1}}").code()).isZero();
    assertThat(System.nanoTime() - before).isBetween(1_000_000_000L, 20_000_000_000L);
  }

  @Test
  void whatIsNotThereCantBeWatched() throws IOException, InterruptedException {
    ToolRun.Outcome outcome =
        start("{'Watch':{'path':'DIR/none','recursive':false}}").finish(new byte[0]);
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("\"error_kind\":\"NotFound\"");
  }
}
