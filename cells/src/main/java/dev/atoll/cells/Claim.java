package dev.atoll.cells;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a blank cell becomes.
 *
 * @param root the dock entry on which the caller has mounted the root file system
 * @param hostname the sandbox's host name, at most 64 bytes
 * @param files contents bound read-only over paths that exist in the root; others are skipped
 * @param mounts further dock entries to bind
 * @param lifetime after it the agent ends the cell by itself, with or without a worker
 */
public record Claim(
    Path root, String hostname, List<File> files, List<Mount> mounts, Optional<Duration> lifetime) {
  public Claim {
    files = List.copyOf(files);
    mounts = List.copyOf(mounts);
  }

  /**
   * A small file of the worker's own, such as {@code /etc/hosts}.
   *
   * @param target absolute path inside
   * @param content at most 64 KiB of text
   */
  public record File(String target, String content) {}

  /**
   * A dock entry, or something below it, to bind inside.
   *
   * @param source a path below the cell's dock
   * @param target absolute path inside
   * @param readOnly whether writing is refused
   * @param skipMissing whether a target that doesn't exist is skipped instead of failing the claim
   */
  public record Mount(Path source, String target, boolean readOnly, boolean skipMissing) {}
}
