package dev.atoll.images.store;

import java.nio.file.Path;

/** How much a root may hold, where there are limits. */
sealed interface DiskShare {
  /** So many bytes, together with all that have a share {@link Of} it. */
  record Own(long bytes) implements DiskShare {}

  /**
   * Part of what another one may hold.
   *
   * @param root its folder
   */
  record Of(Path root) implements DiskShare {}
}
