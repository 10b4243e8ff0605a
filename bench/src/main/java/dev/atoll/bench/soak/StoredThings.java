package dev.atoll.bench.soak;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a data folder has whose server has ended.
 *
 * @param files names of files and folders, not what is in layers
 * @param outputs folders of tasks that the store has no output for
 * @param remembered how many sandboxes have ended whose output is kept
 * @param rows how many each table has
 * @param live sandboxes that have not ended, by the store
 */
record StoredThings(
    SortedSet<String> files,
    List<String> outputs,
    int remembered,
    Map<String, Long> rows,
    List<String> live) {
  /** Of images, the names: what is in a layer is the image's. */
  private static final List<String> FOLDERS =
      List.of(
          "",
          "control",
          "cells",
          "worker",
          "worker/spools",
          "images",
          "images/layers",
          "images/layers.d",
          "images/guards",
          "images/images",
          "images/steps",
          "images/roots",
          "images/frozen",
          "images/trust",
          "images/exports",
          "images/views",
          "images/shifted",
          "images/trash");

  /** Sandboxes are remembered after their ends, and idempotency keys for a day. */
  private static final Set<String> KEPT = Set.of("sandbox", "sandbox_tag", "idempotency_key");

  static StoredThings of(Path data) throws IOException, SQLException {
    SortedSet<String> files = new TreeSet<>();
    for (String folder : FOLDERS) {
      list(data, folder, files);
    }
    Map<String, Long> rows = new TreeMap<>();
    List<String> live;
    int remembered;
    List<String> outputs = new ArrayList<>();
    try (Connection store =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("control/atoll.db"));
        Statement statement = store.createStatement()) {
      for (String table :
          strings(
              statement,
              "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")) {
        rows.put(
            table, Long.parseLong(strings(statement, "SELECT count(*) FROM " + table).getFirst()));
      }
      live = strings(statement, "SELECT sandbox_id FROM sandbox WHERE state <> 'ended'");
      SortedSet<String> tasks = new TreeSet<>();
      list(data, "worker/tasks", tasks);
      List<String> kept = strings(statement, "SELECT task_id FROM sandbox WHERE output_kept");
      kept.forEach(task -> tasks.remove("worker/tasks/" + task));
      remembered = kept.size();
      outputs.addAll(tasks);
    }
    // Reading makes these, and a closed store leaves them or not.
    files.removeIf(file -> file.endsWith("-wal") || file.endsWith("-shm"));
    return new StoredThings(files, outputs, remembered, rows, live);
  }

  private static void list(Path data, String folder, Set<String> into) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(data.resolve(folder))) {
      entries.forEach(entry -> into.add(data.relativize(entry).toString()));
    } catch (NoSuchFileException _) {
      // Made when it is needed first.
    }
  }

  private static List<String> strings(Statement statement, String query) throws SQLException {
    List<String> strings = new ArrayList<>();
    try (ResultSet results = statement.executeQuery(query)) {
      while (results.next()) {
        strings.add(results.getString(1));
      }
    }
    return strings;
  }

  /** What it has that an earlier one had not, and need not be kept. */
  List<String> excessOver(StoredThings before) {
    List<String> excess = new ArrayList<>();
    SortedSet<String> added = new TreeSet<>(files);
    added.removeAll(before.files);
    if (!added.isEmpty()) {
      excess.add("data folder: " + added);
    }
    if (!outputs.isEmpty()) {
      excess.add("tasks that the store knows no output of: " + outputs);
    }
    if (!live.isEmpty()) {
      excess.add("sandboxes that have not ended, by the store: " + live);
    }
    rows.forEach(
        (table, count) -> {
          if (!KEPT.contains(table) && count > before.rows.getOrDefault(table, 0L)) {
            excess.add(
                "store: %d rows of %s, %d before"
                    .formatted(count, table, before.rows.getOrDefault(table, 0L)));
          }
        });
    return excess;
  }
}
