package dev.atoll.images.layers;

/**
 * What a single layer may hold.
 *
 * @param bytes the sum of its files' sizes, holes included; also of the uncompressed archive
 * @param entries files, folders and links
 */
public record LayerLimits(long bytes, long entries) {
  /** 64 GiB in 4 million entries. */
  public static LayerLimits standard() {
    return new LayerLimits(64L << 30, 4_000_000);
  }
}
