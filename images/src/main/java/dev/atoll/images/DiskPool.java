package dev.atoll.images;

import java.util.OptionalLong;

/**
 * The file that takes what is written to root file systems and mounted images, with limits.
 *
 * @param bytes how large it may become; when absent, half of what is free beside it when it is
 *     made, at most 1 TiB
 * @param standardLimit bytes that a root file system may hold when nothing else is said, but never
 *     more than a quarter of the pool
 */
public record DiskPool(OptionalLong bytes, long standardLimit) {
  /** The least that a pool can have. */
  public static final long LEAST_BYTES = 256L << 20;

  /** The standard limit in a pool of this size. */
  public long standardLimit(long poolBytes) {
    return Math.min(standardLimit, poolBytes / 4);
  }

  /** The highest limit in a pool of this size: half of it, so that one can't starve the others. */
  public static long highestLimit(long poolBytes) {
    return poolBytes / 2;
  }
}
