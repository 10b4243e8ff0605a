package dev.atoll.images;

/** Whether what is written to file systems has limits. */
public sealed interface DiskLimits {
  /**
   * It has.
   *
   * @param bytes that all of them can hold together
   */
  record Present(long bytes) implements DiskLimits {}

  /**
   * It has none but the disk.
   *
   * @param reason for the operator
   */
  record Missing(String reason) implements DiskLimits {}
}
