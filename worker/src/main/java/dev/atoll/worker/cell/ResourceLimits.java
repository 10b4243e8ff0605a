package dev.atoll.worker.cell;

import dev.atoll.cells.Limits;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.worker.Resources;

/** Limits as the control plane writes them. */
public final class ResourceLimits {
  private ResourceLimits() {}

  /**
   * The limits that a message asks for; INVALID_ARGUMENT when one is missing or negative.
   *
   * @param processLimit the most processes and threads
   */
  public static Limits of(Resources resources, int processLimit) {
    if (resources.getMemoryLimitBytes() <= 0) {
      throw AtollException.invalid(
          "resources.memory_limit_bytes %d: must be more than 0", resources.getMemoryLimitBytes());
    }
    if (resources.getCpuLimitMillis() <= 0) {
      throw AtollException.invalid(
          "resources.cpu_limit_millis %d: must be more than 0", resources.getCpuLimitMillis());
    }
    int share = resources.getCpuRequestMillis();
    return new Limits(
        resources.getMemoryLimitBytes(),
        resources.getCpuLimitMillis(),
        share > 0 ? share : resources.getCpuLimitMillis(),
        processLimit);
  }
}
