package dev.atoll.control.store;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** The table {@code token}. */
public final class TokenTable {
  private static final RowMapper<Row> ROW =
      (result, context) ->
          new Row(
              result.getString("token_id"),
              result.getString("secret_hash"),
              result.getString("name"),
              Optional.ofNullable(result.getString("environment_id")),
              result.getBoolean("is_own"),
              result.getLong("created_at"),
              Optional.of(result.getLong("last_used_at")).filter(at -> at > 0),
              Optional.of(result.getLong("expires_at")).filter(at -> at > 0));

  private TokenTable() {}

  /**
   * A token.
   *
   * @param tokenId its public half
   * @param secretHash the hash of its secret half
   * @param name what it is for
   * @param environmentId the environment that it opens; empty: all of them
   * @param own whether it is that of the data folder
   * @param createdAt microseconds since the epoch, as the times below
   * @param lastUsedAt when it was used last, as far as that was stored
   * @param expiresAt from when on it is void
   */
  public record Row(
      String tokenId,
      String secretHash,
      String name,
      Optional<String> environmentId,
      boolean own,
      long createdAt,
      Optional<Long> lastUsedAt,
      Optional<Long> expiresAt) {
    /** The same, used at that time. */
    public Row usedAt(long at) {
      return new Row(
          tokenId, secretHash, name, environmentId, own, createdAt, Optional.of(at), expiresAt);
    }

    /** The hash is nobody's business. */
    @Override
    public String toString() {
      return "Row[" + tokenId + "]";
    }
  }

  /** All tokens, the oldest first. */
  public static List<Row> list(Handle handle) {
    return handle.createQuery("SELECT * FROM token ORDER BY created_at").map(ROW).list();
  }

  /** Adds one. */
  public static void insert(Handle handle, Row row) {
    handle
        .createUpdate(
            "INSERT INTO token (token_id, secret_hash, name, environment_id, is_own, created_at,"
                + " last_used_at, expires_at) VALUES (:id, :hash, :name, :environment, :own,"
                + " :createdAt, :lastUsedAt, :expiresAt)")
        .bind("id", row.tokenId())
        .bind("hash", row.secretHash())
        .bind("name", row.name())
        .bind("environment", row.environmentId())
        .bind("own", row.own())
        .bind("createdAt", row.createdAt())
        .bind("lastUsedAt", row.lastUsedAt())
        .bind("expiresAt", row.expiresAt())
        .execute();
  }

  /** Notes when one was used. */
  public static void used(Handle handle, String tokenId, long at) {
    handle
        .createUpdate("UPDATE token SET last_used_at = :at WHERE token_id = :id")
        .bind("at", at)
        .bind("id", tokenId)
        .execute();
  }

  /** Removes one. */
  public static void delete(Handle handle, String tokenId) {
    handle.createUpdate("DELETE FROM token WHERE token_id = :id").bind("id", tokenId).execute();
  }

  /** Removes that of the data folder. */
  public static void deleteOwn(Handle handle) {
    handle.createUpdate("DELETE FROM token WHERE is_own").execute();
  }
}
