package dev.atoll.worker.cell;

/**
 * Where the time of a claim went, in microseconds.
 *
 * @param pooled whether the cell had been booted before anybody asked
 * @param cellMicros taking the cell, or booting it
 * @param rootFilesystemMicros preparing the root file system (beside the boot) and mounting it
 * @param networkMicros setting what it may reach, while the root file system is prepared
 * @param claimMicros limits and the claim itself
 */
public record ClaimTimings(
    boolean pooled,
    long cellMicros,
    long rootFilesystemMicros,
    long networkMicros,
    long claimMicros) {}
