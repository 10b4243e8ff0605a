package dev.atoll.worker;

import java.time.Duration;
import java.util.Optional;

/**
 * A snapshot that somebody asks for.
 *
 * @param taskId whose files
 * @param snapshotId made by who asks: asking again with the same id gives the same image
 * @param life how long the image lasts; absent: until it is removed
 */
public record Snapshot(String taskId, String snapshotId, Optional<Duration> life) {}
