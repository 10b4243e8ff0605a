package dev.atoll.sdk.files;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets a listing answer the question for an entry's attributes that mostly follows, so that a walk
 * asks once for each folder instead of once for each file. An answer is given once, within a second
 * of its listing, and not after this client has changed anything. Thread-safe.
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

  /** What a listing said, until it was told. */
  record Listed(FileEntry entry, long nanos, long changes, AtomicBoolean told) {}

  /** Entries of one listing, which began when this many changes had been made. */
  Listed listed(FileEntry entry, long nanos, long changesBefore) {
    return new Listed(entry, nanos, changesBefore, new AtomicBoolean());
  }

  long changes() {
    return changes.get();
  }

  /** Notes that something has changed or is about to. */
  void forget() {
    changes.incrementAndGet();
  }

  /** What a listing has told of the path, if that still counts. */
  Optional<FileEntry> take(SandboxPath path) {
    Listed listed = path.listed();
    if (listed == null
        || listed.changes != changes.get()
        || System.nanoTime() - listed.nanos > LASTS_NANOS
        || listed.told.getAndSet(true)) {
      return Optional.empty();
    }
    return Optional.of(listed.entry);
  }
}
