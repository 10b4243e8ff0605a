package dev.atoll.worker.cell;

import java.time.Duration;

/**
 * How many blank cells wait, and what they may cost.
 *
 * @param size how many wait when nobody asks; 0 boots each cell when it is needed
 * @param cpuShare the part of one core that filling up may use in quiet times, above 0 to 1
 * @param memoryReserveBytes while the host has less memory available than this, none wait
 * @param oldest cells that have waited longer are replaced
 * @param heartbeat how often a waiting cell is asked for a sign of life
 * @param checkEvery how often the pool looks after itself
 */
public record PoolSettings(
    int size,
    double cpuShare,
    long memoryReserveBytes,
    Duration oldest,
    Duration heartbeat,
    Duration checkEvery) {

  /** So many cells, a quarter of a core to fill up, an hour of waiting at most. */
  public static PoolSettings of(int size, long memoryReserveBytes) {
    return new PoolSettings(
        size,
        0.25,
        memoryReserveBytes,
        Duration.ofHours(1),
        Duration.ofMinutes(1),
        Duration.ofSeconds(2));
  }
}
