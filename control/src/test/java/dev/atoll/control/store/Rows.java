package dev.atoll.control.store;

import dev.atoll.protocol.worker.EndCause;
import dev.atoll.protocol.worker.TaskEnded;
import java.util.Optional;

/** Rows of the store's tests. */
final class Rows {
  /** Of the image that the sandboxes have. */
  static final String DIGEST = "sha256:" + "a".repeat(64);

  private Rows() {}

  static TokenTable.Row token(String id, Optional<String> environment, boolean own) {
    return new TokenTable.Row(
        id, "hash", "name", environment, own, 5, Optional.empty(), Optional.of(7L));
  }

  static ImageTable.Row image(String imageId, Optional<String> digest, ImageTable.State state) {
    return new ImageTable.Row(
        imageId, Optional.empty(), digest, state, Optional.empty(), Optional.empty(), 1);
  }

  static SandboxRow sandbox(String number, Optional<String> name, long createdAt) {
    return new SandboxRow(
        "sb-" + number,
        "ta-" + number,
        "ap-1",
        name,
        "im-1",
        DIGEST,
        "{}",
        SandboxTable.State.STARTING,
        createdAt,
        Optional.empty(),
        Optional.empty());
  }

  /** The end of a task whose command has exited. */
  static TaskEnded end(String taskId, double seconds) {
    return TaskEnded.newBuilder()
        .setTaskId(taskId)
        .setCause(EndCause.EXITED)
        .setEndedAt(seconds)
        .build();
  }
}
