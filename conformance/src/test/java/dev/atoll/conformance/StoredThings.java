package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a server has in its image store and in its database, when nobody does anything. */
final class StoredThings {
  private static final List<String> FOLDERS =
      List.of(
          "layers",
          "layers.d",
          "guards",
          "images",
          "steps",
          "roots",
          "frozen",
          "trust",
          "exports",
          "views",
          "trash");

  /** Tables that are about something under way: empty when no sandbox runs. */
  private static final List<String> UNDER_WAY =
      List.of("pending_start", "pending_build", "stdin_position", "removed_digest");

  private final Path data;
  private final Map<String, Set<String>> files;

  private StoredThings(Path data) throws IOException {
    this.data = data;
    files = files(data);
  }

  /** What there is now of images. */
  static StoredThings of(RunningServer server) throws IOException {
    return new StoredThings(server.data());
  }

  /** Of a server that has ended: no more than then, and nothing under way. */
  void areAllThatIsLeft() throws IOException, SQLException {
    Map<String, Set<String>> now = files(data);
    for (String folder : FOLDERS) {
      assertThat(files.get(folder)).as("images/%s", folder).containsAll(now.get(folder));
    }
    assertThat(query("SELECT image_id FROM image")).as("the usual image").hasSize(1);
    for (String table : UNDER_WAY) {
      assertThat(query("SELECT * FROM " + table)).as(table).isEmpty();
    }
    assertThat(query("SELECT sandbox_id FROM sandbox WHERE state <> 'ended'")).isEmpty();
    Set<String> tasks = query("SELECT task_id FROM sandbox");
    assertThat(list(data.resolve("worker/tasks"))).as("tasks of the worker").isSubsetOf(tasks);
    for (String task : list(data.resolve("worker/tasks"))) {
      assertThat(list(data.resolve("worker/tasks").resolve(task)))
          .as("files of an ended task")
          .contains("end")
          .allMatch(file -> file.equals("end") || file.startsWith("main"));
    }
  }

  private static Map<String, Set<String>> files(Path data) throws IOException {
    Map<String, Set<String>> files = new TreeMap<>();
    for (String folder : FOLDERS) {
      files.put(folder, list(data.resolve("images").resolve(folder)));
    }
    return files;
  }

  private static Set<String> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new TreeSet<>(files.map(file -> file.getFileName().toString()).toList());
    }
  }

  private Set<String> query(String sql) throws SQLException {
    Set<String> rows = new TreeSet<>();
    try (Connection store =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("control/atoll.db"));
        Statement statement = store.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }
}
