package dev.atoll.control.sandboxes;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.Resources;
import dev.atoll.protocol.worker.WorkerDescription;
import java.util.Optional;

/**
 * Turns a definition's CPU and memory into a request and a limit, and its disk into a limit, or
 * says what is wrong with them.
 */
final class ResourceRules {
  private static final long MEBIBYTE = 1024 * 1024;

  /** In MiB: what the kernel needs for its own records of a file system, and something to use. */
  private static final long LEAST_DISK = 8;

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

  /**
   * Bytes that the files it writes may have; empty: what the worker gives to those that don't say.
   */
  static Optional<Long> disk(Resources resources, SandboxPolicy policy, WorkerDescription worker) {
    long mebibytes = Integer.toUnsignedLong(resources.getEphemeralDiskMb());
    if (mebibytes == 0) {
      return Optional.empty();
    }
    if (!worker.getDiskUnlimited().isEmpty()) {
      throw new AtollException(
          ErrorCode.UNIMPLEMENTED,
          "resources.ephemeral_disk_mb %d: this server can't limit what a sandbox writes (%s)"
              .formatted(mebibytes, worker.getDiskUnlimited()));
    }
    long most = Math.min(policy.maximumDiskBytes(), worker.getDiskBytes()) / MEBIBYTE;
    if (mebibytes < LEAST_DISK || mebibytes > most) {
      throw AtollException.invalid(
          "resources.ephemeral_disk_mb %d: this server gives %d to %d to one sandbox",
          mebibytes, LEAST_DISK, most);
    }
    return Optional.of(mebibytes * MEBIBYTE);
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
