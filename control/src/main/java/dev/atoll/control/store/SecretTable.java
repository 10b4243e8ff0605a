package dev.atoll.control.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The tables {@code secret} and {@code secret_entry}, whose values are sealed. */
public final class SecretTable {
  private static final RowMapper<Row> ROW =
      (result, context) ->
          new Row(
              result.getString("secret_id"),
              result.getString("environment_id"),
              Optional.ofNullable(result.getString("name")),
              result.getLong("created_at"),
              result.getLong("last_used_at"));

  private SecretTable() {}

  /** A secret without its values. */
  public record Row(
      String secretId,
      String environmentId,
      Optional<String> name,
      long createdAt,
      long lastUsedAt) {}

  /** An environment's secret of that name. */
  public static Optional<Row> byName(Handle handle, String environmentId, String name) {
    return handle
        .createQuery("SELECT * FROM secret WHERE environment_id = :environment AND name = :name")
        .bind("environment", environmentId)
        .bind("name", name)
        .map(ROW)
        .findOne();
  }

  /** An environment's secrets with a name that were made before a time, the newest first. */
  public static List<Row> named(Handle handle, String environmentId, long before, int most) {
    return handle
        .createQuery(
            "SELECT * FROM secret WHERE environment_id = :environment AND name IS NOT NULL"
                + " AND created_at < :before ORDER BY created_at DESC LIMIT :most")
        .bind("environment", environmentId)
        .bind("before", before)
        .bind("most", most)
        .map(ROW)
        .list();
  }

  /** The secret of that id. */
  public static Optional<Row> byId(Handle handle, String secretId) {
    return handle
        .createQuery("SELECT * FROM secret WHERE secret_id = :id")
        .bind("id", secretId)
        .map(ROW)
        .findOne();
  }

  /** The keys of a secret's variables, sorted. */
  public static List<String> keys(Handle handle, String secretId) {
    return handle
        .createQuery("SELECT entry_key FROM secret_entry WHERE secret_id = :id ORDER BY entry_key")
        .bind("id", secretId)
        .mapTo(String.class)
        .list();
  }

  /** A secret's variables, by key. */
  public static Map<String, String> entries(Handle handle, String secretId) {
    Map<String, String> entries = new LinkedHashMap<>();
    handle
        .createQuery(
            "SELECT entry_key, entry_value FROM secret_entry WHERE secret_id = :id"
                + " ORDER BY entry_key")
        .bind("id", secretId)
        .map(
            (result, context) ->
                Map.entry(result.getString("entry_key"), result.getString("entry_value")))
        .forEach(
            entry ->
                entries.put(
                    entry.getKey(),
                    Sealing.open(handle, place(secretId, entry.getKey()), entry.getValue())));
    return entries;
  }

  /** Adds a secret without values. */
  public static void insert(Handle handle, Row row) {
    handle
        .createUpdate(
            "INSERT INTO secret (secret_id, environment_id, name, created_at, last_used_at)"
                + " VALUES (:id, :environment, :name, :createdAt, :lastUsedAt)")
        .bind("id", row.secretId())
        .bind("environment", row.environmentId())
        .bind("name", row.name())
        .bind("createdAt", row.createdAt())
        .bind("lastUsedAt", row.lastUsedAt())
        .execute();
  }

  /** Makes these the secret's only variables. */
  public static void replaceEntries(Handle handle, String secretId, Map<String, String> entries) {
    handle
        .createUpdate("DELETE FROM secret_entry WHERE secret_id = :id")
        .bind("id", secretId)
        .execute();
    if (entries.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "INSERT INTO secret_entry (secret_id, entry_key, entry_value)"
                + " VALUES (:id, :key, :value)");
    entries.forEach(
        (key, value) ->
            batch
                .bind("id", secretId)
                .bind("key", key)
                .bind("value", Sealing.seal(handle, place(secretId, key), value))
                .add());
    batch.execute();
  }

  /** What a value is sealed for. */
  static String place(String secretId, String key) {
    return "secret_entry/" + secretId + "/" + key;
  }

  /** Notes that a secret was used. */
  public static void touch(Handle handle, String secretId, long now) {
    handle
        .createUpdate("UPDATE secret SET last_used_at = :now WHERE secret_id = :id")
        .bind("now", now)
        .bind("id", secretId)
        .execute();
  }

  /** Removes a secret and says whether there was one. */
  public static boolean delete(Handle handle, String secretId) {
    return handle
            .createUpdate("DELETE FROM secret WHERE secret_id = :id")
            .bind("id", secretId)
            .execute()
        > 0;
  }

  /** Removes secrets without a name that nobody has used since. */
  public static int deleteEphemeral(Handle handle, long unusedSince) {
    return handle
        .createUpdate("DELETE FROM secret WHERE name IS NULL AND last_used_at < :since")
        .bind("since", unusedSince)
        .execute();
  }
}
