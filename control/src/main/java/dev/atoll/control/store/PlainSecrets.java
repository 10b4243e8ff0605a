package dev.atoll.control.store;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Seals what servers before this one have stored in the clear. */
final class PlainSecrets {
  private PlainSecrets() {}

  /** Seals all of it, and says whether there was any. */
  static boolean seal(Handle handle) {
    int sealed = 0;
    for (Entry entry :
        handle
            .createQuery("SELECT secret_id, entry_key, entry_value FROM secret_entry")
            .map((row, context) -> new Entry(row.getString(1), row.getString(2), row.getString(3)))
            .list()) {
      sealed +=
          handle
              .createUpdate(
                  "UPDATE secret_entry SET entry_value = :value"
                      + " WHERE secret_id = :id AND entry_key = :key")
              .bind(
                  "value",
                  Sealing.seal(handle, SecretTable.place(entry.id(), entry.key()), entry.value()))
              .bind("id", entry.id())
              .bind("key", entry.key())
              .execute();
    }
    for (Message task : messages(handle, "SELECT sandbox_id, task_spec FROM pending_start")) {
      sealed +=
          handle
              .createUpdate("UPDATE pending_start SET task_spec = :bytes WHERE sandbox_id = :id")
              .bind("bytes", Sealing.seal(handle, PendingStartTable.place(task.id()), task.bytes()))
              .bind("id", task.id())
              .execute();
    }
    for (Message build : messages(handle, "SELECT image_id, request FROM pending_build")) {
      sealed +=
          handle
              .createUpdate("UPDATE pending_build SET request = :bytes WHERE image_id = :id")
              .bind(
                  "bytes", Sealing.seal(handle, PendingBuildTable.place(build.id()), build.bytes()))
              .bind("id", build.id())
              .execute();
    }
    return sealed > 0;
  }

  private static List<Message> messages(Handle handle, String query) {
    return handle
        .createQuery(query)
        .map((row, context) -> new Message(row.getString(1), row.getBytes(2)))
        .list();
  }

  private record Entry(String id, String key, String value) {
    @Override
    public String toString() {
      return "Entry[" + id + "]";
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Read once, compared never.
  private record Message(String id, byte[] bytes) {}
}
