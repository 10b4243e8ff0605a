package dev.atoll.control.store;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** The table {@code token}. */
public final class TokenTable {
  private TokenTable() {}

  /** The hash of each token's secret, by the token's id. */
  public static Map<String, String> hashes(Handle handle) {
    Map<String, String> hashes = new LinkedHashMap<>();
    handle
        .createQuery("SELECT token_id, secret_hash FROM token")
        .map(
            (result, context) ->
                Map.entry(result.getString("token_id"), result.getString("secret_hash")))
        .forEach(entry -> hashes.put(entry.getKey(), entry.getValue()));
    return hashes;
  }

  /** Makes this the only token. */
  public static void replace(Handle handle, String tokenId, String secretHash, long now) {
    handle.createUpdate("DELETE FROM token").execute();
    handle
        .createUpdate(
            "INSERT INTO token (token_id, secret_hash, created_at) VALUES (:id, :hash, :now)")
        .bind("id", tokenId)
        .bind("hash", secretHash)
        .bind("now", now)
        .execute();
  }
}
