package dev.atoll.cells;

import java.time.Duration;

/**
 * What a cell has used.
 *
 * @param peakMemoryBytes the most memory it held at once
 * @param cpuTime the CPU time of all its processes
 * @param outOfMemoryKills how often the kernel killed something in it for its memory limit
 */
public record ResourceUsage(long peakMemoryBytes, Duration cpuTime, long outOfMemoryKills) {}
