package dev.atoll.sdk.files;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets a listing answer the questions for an entry's attributes that mostly follow, so that a walk
 * asks once for each folder instead of once for each file. Answers are given for a second from the
 * listing on, of the very path that it gave, and not after this client has changed anything.
 * Thread-safe.
 */
final class ListedEntries {
  private static final long LASTS_NANOS = Duration.ofSeconds(1).toNanos();

  private final AtomicLong changes;

  /**
   * Creates it.
   *
   * @param changes how often this client has changed something in the sandbox, or may have
   */
  ListedEntries(AtomicLong changes) {
    this.changes = changes;
  }

  /**
   * What a listing said.
   *
   * @param nanos when, as {@link System#nanoTime} has it
   * @param changes how many this client had made before
   */
  record Listed(FileEntry entry, long nanos, long changes) {}

  long changes() {
    return changes.get();
  }

  /** Notes that something has changed or is about to. */
  void forget() {
    changes.incrementAndGet();
  }

  /** What a listing has told of the path, if that still counts. */
  Optional<FileEntry> of(SandboxPath path) {
    Listed listed = path.listed();
    if (listed == null
        || listed.changes != changes.get()
        || System.nanoTime() - listed.nanos > LASTS_NANOS) {
      return Optional.empty();
    }
    return Optional.of(listed.entry);
  }
}
