package dev.atoll.control.store;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The table {@code sandbox_tag}. */
public final class SandboxTagTable {
  private SandboxTagTable() {}

  /** A sandbox's tags, by name. */
  public static Map<String, String> tags(Handle handle, String sandboxId) {
    Map<String, String> tags = new LinkedHashMap<>();
    handle
        .createQuery(
            "SELECT tag_name, tag_value FROM sandbox_tag WHERE sandbox_id = :id ORDER BY tag_name")
        .bind("id", sandboxId)
        .map(
            (result, context) ->
                Map.entry(result.getString("tag_name"), result.getString("tag_value")))
        .forEach(entry -> tags.put(entry.getKey(), entry.getValue()));
    return tags;
  }

  /** Makes these the sandbox's only tags. */
  public static void replace(Handle handle, String sandboxId, Map<String, String> tags) {
    handle
        .createUpdate("DELETE FROM sandbox_tag WHERE sandbox_id = :id")
        .bind("id", sandboxId)
        .execute();
    if (tags.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "INSERT INTO sandbox_tag (sandbox_id, tag_name, tag_value)"
                + " VALUES (:id, :name, :value)");
    tags.forEach(
        (name, value) -> batch.bind("id", sandboxId).bind("name", name).bind("value", value).add());
    batch.execute();
  }
}
