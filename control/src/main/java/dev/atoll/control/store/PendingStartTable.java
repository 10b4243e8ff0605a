package dev.atoll.control.store;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.atoll.protocol.worker.TaskSpec;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table {@code pending_start}, whose tasks are sealed. */
public final class PendingStartTable {
  private PendingStartTable() {}

  /** Keeps what a sandbox's task shall be until it runs or has ended. */
  public static void insert(Handle handle, String sandboxId, TaskSpec task) {
    handle
        .createUpdate("INSERT INTO pending_start (sandbox_id, task_spec) VALUES (:id, :spec)")
        .bind("id", sandboxId)
        .bind("spec", Sealing.seal(handle, place(sandboxId), task.toByteArray()))
        .execute();
  }

  /** What a sandbox's task shall be; empty when it runs, has ended, or is of an older server. */
  public static Optional<TaskSpec> find(Handle handle, String sandboxId) {
    return handle
        .createQuery("SELECT task_spec FROM pending_start WHERE sandbox_id = :id")
        .bind("id", sandboxId)
        .mapTo(byte[].class)
        .findOne()
        .map(bytes -> parse(Sealing.open(handle, place(sandboxId), bytes)));
  }

  /** Forgets it. */
  public static void delete(Handle handle, String sandboxId) {
    handle
        .createUpdate("DELETE FROM pending_start WHERE sandbox_id = :id")
        .bind("id", sandboxId)
        .execute();
  }

  /** What a task is sealed for. */
  static String place(String sandboxId) {
    return "pending_start/" + sandboxId;
  }

  private static TaskSpec parse(byte[] bytes) {
    try {
      return TaskSpec.parseFrom(bytes);
    } catch (InvalidProtocolBufferException damaged) {
      throw new IllegalStateException("the table pending_start is damaged", damaged);
    }
  }
}
