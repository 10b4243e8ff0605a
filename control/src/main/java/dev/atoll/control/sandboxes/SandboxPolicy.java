package dev.atoll.control.sandboxes;

import java.time.Duration;

/**
 * What sandboxes get when they don't say, and the most they may have.
 *
 * @param defaultCpuMillis CPU request in thousandths of a core
 * @param maximumCpuMillis CPU limit in thousandths of a core
 * @param defaultMemoryBytes memory request
 * @param maximumMemoryBytes memory limit
 * @param maximumDiskBytes the most that a sandbox may ask for, for the files that it writes
 * @param defaultLifetime after which a sandbox ends
 * @param maximumLifetime the longest that may be asked for
 * @param outputRetention how long the output of ended sandboxes is kept
 * @param endedRetention how long ended sandboxes are known at all
 * @param admission how many the host takes
 */
public record SandboxPolicy(
    int defaultCpuMillis,
    int maximumCpuMillis,
    long defaultMemoryBytes,
    long maximumMemoryBytes,
    long maximumDiskBytes,
    Duration defaultLifetime,
    Duration maximumLifetime,
    Duration outputRetention,
    Duration endedRetention,
    AdmissionRules admission) {}
