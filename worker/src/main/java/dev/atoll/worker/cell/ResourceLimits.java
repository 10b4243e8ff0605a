package dev.atoll.worker.cell;

import dev.atoll.cells.Limits;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.worker.Resources;
import java.util.OptionalLong;

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

  /** The bytes that a task's files may have; absent: the image store's standard. */
  public static OptionalLong disk(Resources resources) {
    if (resources.getDiskLimitBytes() < 0) {
      throw AtollException.invalid(
          "resources.disk_limit_bytes %d: must not be negative; 0 means the worker's standard",
          resources.getDiskLimitBytes());
    }
    return resources.getDiskLimitBytes() == 0
        ? OptionalLong.empty()
        : OptionalLong.of(resources.getDiskLimitBytes());
  }
}
