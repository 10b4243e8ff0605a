package dev.atoll.worker.snapshot;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.Snapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** What may be asked of a snapshot. */
public final class SnapshotRules {
  private static final long FOR_EVER = -1;
  private static final long MOST_SECONDS = Duration.ofDays(36_500).toSeconds();
  private static final long STANDARD_SECONDS = Duration.ofDays(30).toSeconds();
  private static final int LONGEST_ID = 128;

  private SnapshotRules() {}

  /**
   * A snapshot as a client asks for it, or what is wrong with it.
   *
   * @param snapshotId empty when the client has made none: then this snapshot has no repetition
   * @param lifeSeconds -1 for an image that lasts; 30 days when the client names none
   */
  public static Snapshot snapshot(String taskId, String snapshotId, OptionalLong lifeSeconds) {
    if (snapshotId.length() > LONGEST_ID) {
      throw AtollException.invalid(
          "snapshot_id: must be at most %d characters, but has %d",
          LONGEST_ID, snapshotId.length());
    }
    long seconds = lifeSeconds.orElse(STANDARD_SECONDS);
    if (seconds != FOR_EVER && (seconds <= 0 || seconds > MOST_SECONDS)) {
      throw AtollException.invalid(
          "ttl_seconds %d: must be 1 to %d seconds, or -1 for an image that does not expire",
          seconds, MOST_SECONDS);
    }
    return new Snapshot(
        taskId,
        snapshotId.isEmpty() ? UUID.randomUUID().toString() : snapshotId,
        seconds == FOR_EVER ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds)));
  }

  /** Refuses what this server can't do for a client, in words. */
  public static void refuseUnserved(String containerId, boolean encrypted) {
    if (!containerId.isEmpty()) {
      throw new AtollException(
          ErrorCode.UNIMPLEMENTED,
          "container_id '%s': this server runs no containers beside the main one"
              .formatted(containerId));
    }
    if (encrypted) {
      throw new AtollException(
          ErrorCode.UNIMPLEMENTED,
          "customer_supplied_encryption_key: this server encrypts no snapshots; leave the key out");
    }
  }
}
