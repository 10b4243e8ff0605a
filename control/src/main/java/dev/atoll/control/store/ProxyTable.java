package dev.atoll.control.store;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** The table {@code proxy}. */
public final class ProxyTable {
  private static final RowMapper<Row> ROW =
      (result, context) ->
          new Row(
              result.getString("proxy_id"),
              result.getString("environment_id"),
              result.getString("name"),
              result.getString("address"),
              result.getLong("created_at"));

  private ProxyTable() {}

  /**
   * A proxy.
   *
   * @param address IPv4; empty for the one that connections leave from anyway
   */
  public record Row(
      String proxyId, String environmentId, String name, String address, long createdAt) {}

  /** The proxy of that id. */
  public static Optional<Row> byId(Handle handle, String proxyId) {
    return handle
        .createQuery("SELECT * FROM proxy WHERE proxy_id = :id")
        .bind("id", proxyId)
        .map(ROW)
        .findOne();
  }

  /** An environment's proxy of that name. */
  public static Optional<Row> byName(Handle handle, String environmentId, String name) {
    return handle
        .createQuery("SELECT * FROM proxy WHERE environment_id = :environment AND name = :name")
        .bind("environment", environmentId)
        .bind("name", name)
        .map(ROW)
        .findOne();
  }

  /** An environment's proxies by name. */
  public static List<Row> list(Handle handle, String environmentId) {
    return handle
        .createQuery("SELECT * FROM proxy WHERE environment_id = :environment ORDER BY name")
        .bind("environment", environmentId)
        .map(ROW)
        .list();
  }

  /** Adds one. */
  public static void insert(Handle handle, Row row) {
    handle
        .createUpdate(
            "INSERT INTO proxy (proxy_id, environment_id, name, address, created_at)"
                + " VALUES (:id, :environment, :name, :address, :createdAt)")
        .bind("id", row.proxyId())
        .bind("environment", row.environmentId())
        .bind("name", row.name())
        .bind("address", row.address())
        .bind("createdAt", row.createdAt())
        .execute();
  }

  /** Removes one. */
  public static void delete(Handle handle, String proxyId) {
    handle.createUpdate("DELETE FROM proxy WHERE proxy_id = :id").bind("id", proxyId).execute();
  }
}
