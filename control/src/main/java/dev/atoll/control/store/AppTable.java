package dev.atoll.control.store;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** The table {@code app}. */
public final class AppTable {
  private static final RowMapper<Row> ROW =
      (result, context) ->
          new Row(
              result.getString("app_id"),
              result.getString("environment_id"),
              result.getString("name"),
              result.getLong("created_at"));

  private AppTable() {}

  /** An app. */
  public record Row(String appId, String environmentId, String name, long createdAt) {}

  /** An environment's app of that name. */
  public static Optional<Row> byName(Handle handle, String environmentId, String name) {
    return handle
        .createQuery("SELECT * FROM app WHERE environment_id = :environment AND name = :name")
        .bind("environment", environmentId)
        .bind("name", name)
        .map(ROW)
        .findOne();
  }

  /** The app of that id. */
  public static Optional<Row> byId(Handle handle, String appId) {
    return handle
        .createQuery("SELECT * FROM app WHERE app_id = :id")
        .bind("id", appId)
        .map(ROW)
        .findOne();
  }

  /** Adds one. */
  public static void insert(Handle handle, Row row) {
    handle
        .createUpdate(
            "INSERT INTO app (app_id, environment_id, name, created_at)"
                + " VALUES (:id, :environment, :name, :createdAt)")
        .bind("id", row.appId())
        .bind("environment", row.environmentId())
        .bind("name", row.name())
        .bind("createdAt", row.createdAt())
        .execute();
  }
}
