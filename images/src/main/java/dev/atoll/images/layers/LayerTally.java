package dev.atoll.images.layers;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;

/** Counts what goes into a layer, and refuses what is beyond the limits. */
final class LayerTally {
  private final LayerLimits limits;
  private long bytes;
  private long entries;

  LayerTally(LayerLimits limits) {
    this.limits = limits;
  }

  void entry() {
    if (++entries > limits.entries()) {
      throw new AtollException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "the layer has more than %d entries".formatted(limits.entries()));
    }
  }

  /** Counts before anything is written, so that a lying size costs nothing. */
  void bytes(long count) {
    if (count > limits.bytes() - bytes) {
      throw new AtollException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "the layer's files have more than %d bytes".formatted(limits.bytes()));
    }
    bytes += count;
  }

  LayerContents contents(boolean hidesLower) {
    return new LayerContents(bytes, entries, hidesLower);
  }
}
