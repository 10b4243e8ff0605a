package dev.atoll.control.sandboxes;

import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.Resources;

/**
 * Turns a definition's CPU and memory into a request and a limit, or says what is wrong with them.
 */
final class ResourceRules {
  private static final long MEBIBYTE = 1024 * 1024;

  private ResourceRules() {}

  /** A request and a limit of one resource. */
  record Range(long request, long limit) {}

  /** CPU in thousandths of a core. */
  static Range cpu(Resources resources, SandboxPolicy policy) {
    return range(
        "milli_cpu",
        Integer.toUnsignedLong(resources.getMilliCpu()),
        Integer.toUnsignedLong(resources.getMilliCpuMax()),
        policy.defaultCpuMillis(),
        policy.maximumCpuMillis());
  }

  /** Memory in bytes. */
  static Range memory(Resources resources, SandboxPolicy policy) {
    Range mebibytes =
        range(
            "memory_mb",
            Integer.toUnsignedLong(resources.getMemoryMb()),
            Integer.toUnsignedLong(resources.getMemoryMbMax()),
            policy.defaultMemoryBytes() / MEBIBYTE,
            policy.maximumMemoryBytes() / MEBIBYTE);
    if (mebibytes.limit() < 16) {
      throw AtollException.invalid(
          "resources.memory_mb_max %d is too small: a sandbox needs 16 MiB at least",
          mebibytes.limit());
    }
    return new Range(mebibytes.request() * MEBIBYTE, mebibytes.limit() * MEBIBYTE);
  }

  private static Range range(
      String field, long request, long limit, long defaultRequest, long maximum) {
    if (request > maximum) {
      throw AtollException.invalid(
          "resources.%s %d is more than this server gives to one sandbox, %d",
          field, request, maximum);
    }
    if (limit > maximum) {
      throw AtollException.invalid(
          "resources.%s_max %d is more than this server gives to one sandbox, %d",
          field, limit, maximum);
    }
    if (limit > 0 && request > limit) {
      throw AtollException.invalid(
          "resources.%s %d must not be more than resources.%s_max %d",
          field, request, field, limit);
    }
    long effectiveLimit = limit > 0 ? limit : maximum;
    long effectiveRequest = request > 0 ? request : Math.min(defaultRequest, effectiveLimit);
    return new Range(effectiveRequest, effectiveLimit);
  }
}
