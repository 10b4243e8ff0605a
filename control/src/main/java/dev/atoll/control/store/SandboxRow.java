package dev.atoll.control.store;

import dev.atoll.protocol.worker.TaskEnded;
import java.util.Optional;

/**
 * A sandbox.
 *
 * @param sandboxId its id
 * @param taskId the id of its one task
 * @param appId the app it belongs to
 * @param name its name, unique among the app's sandboxes that have not ended
 * @param imageId the image it runs on
 * @param digest that image's digest
 * @param spec what it shall be, as JSON
 * @param state how far it is
 * @param createdAt microseconds since the epoch, unique
 * @param start how it started
 * @param end how it ended
 */
public record SandboxRow(
    String sandboxId,
    String taskId,
    String appId,
    Optional<String> name,
    String imageId,
    String digest,
    String spec,
    SandboxTable.State state,
    long createdAt,
    Optional<Start> start,
    Optional<TaskEnded> end) {

  /**
   * How a task started.
   *
   * @param startedAt microseconds since the epoch
   * @param tier the isolation tier
   * @param runtime name and version of the runtime
   * @param breakdown where the time went, as JSON
   */
  public record Start(long startedAt, String tier, String runtime, String breakdown) {}
}
