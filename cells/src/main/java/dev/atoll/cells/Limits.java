package dev.atoll.cells;

/**
 * Limits of a whole cell.
 *
 * @param memoryBytes at most this much memory; beyond it the kernel's out-of-memory killer acts
 * @param cpuMillis CPU time in thousandths of a core: 1000 is one core, always available
 * @param cpuShare thousandths of a core that the cell is weighted with when the host is busy
 * @param processes at most this many processes and threads
 */
public record Limits(long memoryBytes, int cpuMillis, int cpuShare, int processes) {}
