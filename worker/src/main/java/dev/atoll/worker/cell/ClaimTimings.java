package dev.atoll.worker.cell;

/**
 * Where the time of a claim went, in microseconds.
 *
 * @param cellMicros booting the cell
 * @param rootFilesystemMicros preparing the root file system (beside the boot) and mounting it
 * @param claimMicros limits and the claim itself
 */
public record ClaimTimings(long cellMicros, long rootFilesystemMicros, long claimMicros) {}
