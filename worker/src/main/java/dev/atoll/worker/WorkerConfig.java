package dev.atoll.worker;

import dev.atoll.cells.Limits;
import dev.atoll.worker.cell.PoolSettings;
import dev.atoll.worker.tunnel.TunnelSettings;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a worker works.
 *
 * @param directory an existing folder of mode 0700, of this worker alone: spools, and the key of
 *     the build cache, and the authority behind tunnels
 * @param spoolBytes how much of each output stream is kept for readers, 64 KiB or more
 * @param processLimit the most processes and threads of a sandbox
 * @param pool how many blank cells wait for creates
 * @param buildLimits of each build step's sandbox, where a build names none
 * @param buildStepLifetime how long a build step may take
 * @param buildDiskBytes how much a build step may write, where the image store has limits
 * @param tunnels where tunnels are, and under which names
 */
public record WorkerConfig(
    Path directory,
    long spoolBytes,
    int processLimit,
    PoolSettings pool,
    Limits buildLimits,
    Duration buildStepLifetime,
    long buildDiskBytes,
    TunnelSettings tunnels) {
  private static final long DEFAULT_SPOOL_BYTES = 1L << 30;
  private static final long DEFAULT_BUILD_DISK_BYTES = 64L << 30;
  private static final int DEFAULT_PROCESS_LIMIT = 4096;

  /**
   * 1 GiB of each stream, 4,096 processes, no cell that waits, an hour and 4 GiB for a build step.
   */
  public static WorkerConfig defaults(Path directory) {
    int cpuMillis = 1000 * Runtime.getRuntime().availableProcessors();
    return new WorkerConfig(
        directory,
        DEFAULT_SPOOL_BYTES,
        DEFAULT_PROCESS_LIMIT,
        PoolSettings.of(0, 0),
        new Limits(4L << 30, cpuMillis, 1000, DEFAULT_PROCESS_LIMIT),
        Duration.ofHours(1),
        DEFAULT_BUILD_DISK_BYTES,
        TunnelSettings.local(InetAddress.getLoopbackAddress()));
  }
}
