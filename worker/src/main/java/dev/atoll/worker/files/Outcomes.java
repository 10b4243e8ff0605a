package dev.atoll.worker.files;

import dev.atoll.errors.AtollException;
import dev.atoll.worker.spool.SpoolFolder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A task's operations: those under way, and the last ones that are over, so that their outcome can
 * be asked for again. Thread-safe.
 */
final class Outcomes {
  static final int MOST_KEPT = 1_000;
  static final long MOST_KEPT_BYTES = 512L << 20;

  private final SpoolFolder folder;
  private final String taskId;
  private final Map<String, Operation> known = new LinkedHashMap<>();
  private boolean closed;
  private long next = 1;

  Outcomes(SpoolFolder folder, String taskId) {
    this.folder = folder;
    this.taskId = taskId;
  }

  /** A new operation. The oldest ones that are over go when there are too many. */
  synchronized Operation add() {
    if (closed) {
      throw AtollException.notFound("task '%s' has ended", taskId);
    }
    forgetOldest();
    long number = next++;
    Operation operation =
        new Operation(
            OperationId.of(taskId, number),
            folder.spool(taskId + "-operation-" + number, () -> {}));
    known.put(operation.id(), operation);
    return operation;
  }

  /** One that was not forgotten; NOT_FOUND otherwise. */
  synchronized Operation find(String id) {
    return Optional.ofNullable(known.get(id))
        .orElseThrow(
            () ->
                AtollException.notFound(
                    "exec_id '%s': no such file operation, or its outcome is not kept any more",
                    OperationId.shown(id)));
  }

  /** Ends those under way with the reason, and forgets all of them. */
  void close(AtollException reason) {
    List<Operation> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(known.values());
      known.clear();
    }
    for (Operation operation : all) {
      operation.fail(reason);
      operation.discard();
    }
  }

  private void forgetOldest() {
    long bytes = known.values().stream().mapToLong(Operation::outputBytes).sum();
    Iterator<Operation> oldest = known.values().iterator();
    while ((known.size() >= MOST_KEPT || bytes > MOST_KEPT_BYTES) && oldest.hasNext()) {
      Operation operation = oldest.next();
      if (operation.isOver()) {
        bytes -= operation.outputBytes();
        operation.discard();
        oldest.remove();
      }
    }
  }
}
