package dev.atoll.control.sandboxes;

import dev.atoll.protocol.worker.WorkerDescription;
import java.time.Duration;

/**
 * How many sandboxes a host takes, by what they request.
 *
 * @param cpuOvercommit how often the host's cores may be requested, 1 or more
 * @param memoryOvercommit how often the host's memory may be requested, 1 or more
 * @param queueLength how many creates may wait for others to end
 * @param patience how long each may wait
 */
public record AdmissionRules(
    int cpuOvercommit, int memoryOvercommit, int queueLength, Duration patience) {

  /** What sandboxes may request of that worker's host, all together. */
  Demand capacity(WorkerDescription worker) {
    return new Demand(
        1000L * worker.getCpus() * cpuOvercommit, worker.getMemoryBytes() * memoryOvercommit);
  }

  /**
   * What a sandbox requests, or several do.
   *
   * @param cpuMillis thousandths of a core
   * @param memoryBytes bytes
   */
  record Demand(long cpuMillis, long memoryBytes) {
    static final Demand NOTHING = new Demand(0, 0);

    static Demand of(SandboxSpec spec) {
      return new Demand(spec.cpuRequestMillis(), spec.memoryRequestBytes());
    }

    Demand plus(Demand other) {
      return new Demand(cpuMillis + other.cpuMillis, memoryBytes + other.memoryBytes);
    }

    Demand minus(Demand other) {
      return new Demand(cpuMillis - other.cpuMillis, memoryBytes - other.memoryBytes);
    }

    boolean isWithin(Demand limit) {
      return cpuMillis <= limit.cpuMillis && memoryBytes <= limit.memoryBytes;
    }

    @Override
    public String toString() {
      return "%.3f cores and %d MiB".formatted(cpuMillis / 1000.0, memoryBytes >> 20);
    }
  }
}
