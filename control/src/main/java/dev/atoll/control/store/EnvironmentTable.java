package dev.atoll.control.store;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** The table {@code environment}. */
public final class EnvironmentTable {
  private static final RowMapper<Row> ROW =
      (result, context) ->
          new Row(
              result.getString("environment_id"),
              result.getString("name"),
              result.getBoolean("is_default"),
              result.getLong("created_at"));

  private EnvironmentTable() {}

  /** An environment. */
  public record Row(String environmentId, String name, boolean isDefault, long createdAt) {}

  /** The environment of that name; the default one for an empty name. */
  public static Optional<Row> find(Handle handle, String name) {
    return name.isEmpty()
        ? handle.createQuery("SELECT * FROM environment WHERE is_default").map(ROW).findOne()
        : handle
            .createQuery("SELECT * FROM environment WHERE name = :name")
            .bind("name", name)
            .map(ROW)
            .findOne();
  }

  /** The environment of that id. */
  public static Optional<Row> byId(Handle handle, String environmentId) {
    return handle
        .createQuery("SELECT * FROM environment WHERE environment_id = :id")
        .bind("id", environmentId)
        .map(ROW)
        .findOne();
  }

  /** All of them, by name. */
  public static List<Row> list(Handle handle) {
    return handle.createQuery("SELECT * FROM environment ORDER BY name").map(ROW).list();
  }

  /** Adds one. */
  public static void insert(Handle handle, Row row) {
    handle
        .createUpdate(
            "INSERT INTO environment (environment_id, name, is_default, created_at)"
                + " VALUES (:id, :name, :isDefault, :createdAt)")
        .bind("id", row.environmentId())
        .bind("name", row.name())
        .bind("isDefault", row.isDefault())
        .bind("createdAt", row.createdAt())
        .execute();
  }

  /** Gives one another name. */
  public static void rename(Handle handle, String environmentId, String name) {
    handle
        .createUpdate("UPDATE environment SET name = :name WHERE environment_id = :id")
        .bind("name", name)
        .bind("id", environmentId)
        .execute();
  }

  /** Whether a sandbox of one of its apps has not ended. */
  public static boolean hasLiveSandbox(Handle handle, String environmentId) {
    return handle
        .createQuery(
            "SELECT 1 FROM sandbox JOIN app ON app.app_id = sandbox.app_id"
                + " WHERE app.environment_id = :id AND sandbox.state <> 'ended' LIMIT 1")
        .bind("id", environmentId)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /** Removes one with its secrets, its proxies, its tokens, its apps and their sandboxes. */
  public static void delete(Handle handle, String environmentId) {
    for (String statement :
        List.of(
            "DELETE FROM sandbox WHERE app_id IN"
                + " (SELECT app_id FROM app WHERE environment_id = :id)",
            "DELETE FROM app WHERE environment_id = :id",
            "DELETE FROM secret WHERE environment_id = :id",
            "DELETE FROM proxy WHERE environment_id = :id",
            "DELETE FROM token WHERE environment_id = :id",
            "DELETE FROM environment WHERE environment_id = :id")) {
      handle.createUpdate(statement).bind("id", environmentId).execute();
    }
  }
}
