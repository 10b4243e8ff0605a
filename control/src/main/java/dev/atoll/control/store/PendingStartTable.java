package dev.atoll.control.store;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.atoll.protocol.worker.TaskSpec;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table {@code pending_start}. */
public final class PendingStartTable {
  private PendingStartTable() {}

  /** Keeps what a sandbox's task shall be until it runs or has ended. */
  public static void insert(Handle handle, String sandboxId, TaskSpec task) {
    handle
        .createUpdate("INSERT INTO pending_start (sandbox_id, task_spec) VALUES (:id, :spec)")
        .bind("id", sandboxId)
        .bind("spec", task.toByteArray())
        .execute();
  }

  /** What a sandbox's task shall be; empty when it runs, has ended, or is of an older server. */
  public static Optional<TaskSpec> find(Handle handle, String sandboxId) {
    return handle
        .createQuery("SELECT task_spec FROM pending_start WHERE sandbox_id = :id")
        .bind("id", sandboxId)
        .mapTo(byte[].class)
        .findOne()
        .map(PendingStartTable::parse);
  }

  /** Forgets it. */
  public static void delete(Handle handle, String sandboxId) {
    handle
        .createUpdate("DELETE FROM pending_start WHERE sandbox_id = :id")
        .bind("id", sandboxId)
        .execute();
  }

  private static TaskSpec parse(byte[] bytes) {
    try {
      return TaskSpec.parseFrom(bytes);
    } catch (InvalidProtocolBufferException damaged) {
      throw new IllegalStateException("the table pending_start is damaged", damaged);
    }
  }
}
