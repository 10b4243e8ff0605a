package dev.atoll.control.store;

import org.jdbi.v3.core.Handle;

/** The table {@code stdin_position}. */
public final class StdinPositionTable {
  /** Where the first write goes. */
  public static final Position BEGIN = new Position(1, 0);

  private StdinPositionTable() {}

  /**
   * Where the next write to a main process's stdin goes.
   *
   * @param index its number, from 1 on
   * @param offset how many bytes were written before
   */
  public record Position(long index, long offset) {}

  /** Where a sandbox's next write goes. */
  public static Position find(Handle handle, String sandboxId) {
    return handle
        .createQuery("SELECT next_index, next_offset FROM stdin_position WHERE sandbox_id = :id")
        .bind("id", sandboxId)
        .map((result, context) -> new Position(result.getLong(1), result.getLong(2)))
        .findOne()
        .orElse(BEGIN);
  }

  /** Notes where the next write goes, unless the sandbox has ended: that was the row's end, too. */
  public static void put(Handle handle, String sandboxId, Position next) {
    handle
        .createUpdate(
            "INSERT INTO stdin_position (sandbox_id, next_index, next_offset)"
                + " SELECT sandbox_id, :index, :offset FROM sandbox"
                + " WHERE sandbox_id = :id AND state <> 'ended' ON CONFLICT (sandbox_id) DO UPDATE"
                + " SET next_index = excluded.next_index, next_offset = excluded.next_offset")
        .bind("id", sandboxId)
        .bind("index", next.index())
        .bind("offset", next.offset())
        .execute();
  }

  /** Forgets it. */
  public static void delete(Handle handle, String sandboxId) {
    handle
        .createUpdate("DELETE FROM stdin_position WHERE sandbox_id = :id")
        .bind("id", sandboxId)
        .execute();
  }
}
