package dev.atoll.worker.snapshot;

import dev.atoll.errors.AtollException;
import dev.atoll.worker.Snapshot;
import dev.atoll.worker.Snapshot.Life;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;

/** What may be asked of a snapshot. */
public final class SnapshotRules {
  private static final long FOR_EVER = -1;
  private static final long MOST_SECONDS = Duration.ofDays(36_500).toSeconds();
  private static final Duration STANDARD = Duration.ofDays(30);
  private static final int LONGEST_ID = 128;

  private SnapshotRules() {}

  /**
   * A snapshot of a root file system as a client asks for it, or what is wrong with it.
   *
   * @param snapshotId empty when the client has made none: then this snapshot has no repetition
   * @param lifeSeconds -1 for an image that lasts; 30 days when the client names none
   */
  public static Snapshot filesystem(String taskId, String snapshotId, OptionalLong lifeSeconds) {
    return snapshot(taskId, snapshotId, lifeSeconds, new Life.Fixed(STANDARD));
  }

  /**
   * A snapshot of a folder, as {@link #filesystem}; when the client names no life it is 30 days
   * since the last use.
   */
  public static Snapshot directory(String taskId, String snapshotId, OptionalLong lifeSeconds) {
    return snapshot(taskId, snapshotId, lifeSeconds, new Life.SinceLastUse(STANDARD));
  }

  private static Snapshot snapshot(
      String taskId, String snapshotId, OptionalLong lifeSeconds, Life standard) {
    if (snapshotId.length() > LONGEST_ID) {
      throw AtollException.invalid(
          "snapshot_id: must be at most %d characters, but has %d",
          LONGEST_ID, snapshotId.length());
    }
    return new Snapshot(
        taskId,
        snapshotId.isEmpty() ? UUID.randomUUID().toString() : snapshotId,
        lifeSeconds.isPresent() ? life(lifeSeconds.getAsLong()) : standard);
  }

  private static Life life(long seconds) {
    if (seconds == FOR_EVER) {
      return new Life.Unlimited();
    }
    if (seconds <= 0 || seconds > MOST_SECONDS) {
      throw AtollException.invalid(
          "ttl_seconds %d: must be 1 to %d seconds, or -1 for an image that does not expire",
          seconds, MOST_SECONDS);
    }
    return new Life.Fixed(Duration.ofSeconds(seconds));
  }
}
