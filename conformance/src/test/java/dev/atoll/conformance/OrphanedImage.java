package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** An image of a server that died after it had made it, and before its store gave it an id. */
final class OrphanedImage {
  private static final List<String> FOLDERS =
      List.of("images/images", "images/layers", "images/layers.d");

  private final Path data;
  private final String imageId;
  private final Set<Path> before;
  private final Set<Path> made;

  /** Makes an image. */
  OrphanedImage(RunningServer server, Atoll atoll) throws IOException, InterruptedException {
    data = server.data();
    App app = atoll.apps().fromName("survivors", options -> options.createIfMissing(true));
    try (Sandbox box = atoll.sandboxes().create(app, atoll.images().fromRegistry("tiny:1"))) {
      box.exec("sh", "-c", "echo written > /srv/written").waitFor();
      before = files();
      imageId = box.snapshotFilesystem().id().orElseThrow();
      made = files();
      made.removeAll(before);
      box.terminateAndWait();
    }
    assertThat(made).hasSize(FOLDERS.size());
  }

  /** Takes the store back to before the id, as it would be after that death: no server runs. */
  void losesItsId() throws SQLException {
    try (Connection store =
        DriverManager.getConnection("jdbc:sqlite:" + data.resolve("control/atoll.db"))) {
      for (String sql :
          List.of(
              "DELETE FROM image WHERE image_id = ?",
              "DELETE FROM idempotency_key WHERE object_id = ?")) {
        try (PreparedStatement statement = store.prepareStatement(sql)) {
          statement.setString(1, imageId);
          assertThat(statement.executeUpdate()).isOne();
        }
      }
    }
  }

  /** The next server has removed it, and nothing else. */
  void isGone() throws IOException {
    assertThat(files()).doesNotContainAnyElementsOf(made).containsAll(before);
  }

  private Set<Path> files() throws IOException {
    Set<Path> all = new HashSet<>();
    for (String folder : FOLDERS) {
      try (Stream<Path> files = Files.list(data.resolve(folder))) {
        files.forEach(all::add);
      }
    }
    return all;
  }
}
