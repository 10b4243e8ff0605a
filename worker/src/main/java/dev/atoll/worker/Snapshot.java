package dev.atoll.worker;

import java.time.Duration;

/**
 * A snapshot that somebody asks for.
 *
 * @param taskId whose files
 * @param snapshotId made by who asks: asking again with the same id gives the same image
 * @param life how long the image lasts
 */
public record Snapshot(String taskId, String snapshotId, Life life) {
  /** How long an image lasts, unless it is removed before. */
  public sealed interface Life {
    /** Until it is removed. */
    record Unlimited() implements Life {}

    /** For a time from now on. */
    record Fixed(Duration duration) implements Life {}

    /** For a time since it was made, or since a sandbox last started from it or mounted it. */
    record SinceLastUse(Duration duration) implements Life {}
  }
}
