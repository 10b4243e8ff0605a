package dev.atoll.images.store;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * The lower folders that overlays of an earlier store use: found when this store is opened, and
 * fewer with time, because new overlays are this store's own. Thread-safe.
 */
final class FormerMounts {
  private final StoreFolder folder;
  private volatile Set<String> names;

  FormerMounts(StoreFolder folder, Set<String> names) {
    this.folder = folder;
    this.names = Set.copyOf(names);
  }

  /** The folders that may still be in use. */
  Set<String> names() {
    return names;
  }

  /** Looks which of them are still mounted: milliseconds for each process of the host. */
  synchronized void forgetGone() throws IOException {
    Set<String> left = new HashSet<>(names);
    left.retainAll(LiveMounts.find(folder).lower());
    names = Set.copyOf(left);
  }
}
