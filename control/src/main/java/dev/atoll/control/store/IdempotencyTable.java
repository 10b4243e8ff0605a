package dev.atoll.control.store;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table {@code idempotency_key}. */
public final class IdempotencyTable {
  private IdempotencyTable() {}

  /** What the call with that key made. */
  public static Optional<String> find(Handle handle, String key, String method) {
    return handle
        .createQuery(
            "SELECT object_id FROM idempotency_key"
                + " WHERE idempotency_key = :key AND method = :method")
        .bind("key", key)
        .bind("method", method)
        .mapTo(String.class)
        .findOne();
  }

  /** Remembers what a call made; instead of what it made before, when that is gone. */
  public static void insert(Handle handle, String key, String method, String objectId, long now) {
    handle
        .createUpdate(
            "INSERT INTO idempotency_key (idempotency_key, method, object_id, created_at)"
                + " VALUES (:key, :method, :object, :now)"
                + " ON CONFLICT (idempotency_key, method) DO UPDATE"
                + " SET object_id = excluded.object_id, created_at = excluded.created_at")
        .bind("key", key)
        .bind("method", method)
        .bind("object", objectId)
        .bind("now", now)
        .execute();
  }

  /** Forgets calls made before a time. */
  public static int deleteBefore(Handle handle, long time) {
    return handle
        .createUpdate("DELETE FROM idempotency_key WHERE created_at < :time")
        .bind("time", time)
        .execute();
  }
}
