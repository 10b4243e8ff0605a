package dev.atoll.control.sandboxes;

import dev.atoll.control.store.SandboxRow;
import dev.atoll.protocol.worker.StartBreakdown;
import dev.atoll.protocol.worker.TaskEnded;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the server's log says of sandboxes: a line at each turn, with more of those that are
 * verbose.
 */
final class SandboxLog {
  private static final Logger LOG = LoggerFactory.getLogger(SandboxLog.class);

  private SandboxLog() {}

  /** It was created with what changes nothing here. */
  static void withoutEffect(String sandboxId, List<String> things) {
    if (!things.isEmpty()) {
      LOG.warn("{}: taken without effect: {}", sandboxId, String.join(", ", things));
    }
  }

  /** It runs. */
  static void runs(SandboxRow row, StartBreakdown breakdown) {
    long micros = breakdown.getReadyMicros();
    if (!SandboxSpec.fromJson(row.spec()).toldInDetail()) {
      LOG.info("{} runs ({} us)", row.sandboxId(), micros);
      return;
    }
    LOG.info(
        "{} runs ({} us: placed {}, image {}, {} cell {}, root {}, network {}, claim {}, exec {});"
            + " image {}, task {}",
        row.sandboxId(),
        micros,
        breakdown.getPlacedMicros(),
        breakdown.getImageMicros(),
        breakdown.getPooled() ? "waiting" : "booted",
        breakdown.getCellMicros(),
        breakdown.getRootFilesystemMicros(),
        breakdown.getNetworkMicros(),
        breakdown.getClaimMicros(),
        breakdown.getExecMicros(),
        row.imageId(),
        row.taskId());
  }

  /** It has ended. */
  static void ended(SandboxRow row, TaskEnded end) {
    if (!SandboxSpec.fromJson(row.spec()).toldInDetail()) {
      LOG.info("{} ended: {} {}", row.sandboxId(), end.getCause(), end.getMessage());
      return;
    }
    LOG.info(
        "{} ended: {} {} (exit code {}, {} s after its create, {} s of CPU, at most {} MiB of"
            + " memory)",
        row.sandboxId(),
        end.getCause(),
        end.getMessage(),
        end.getExitCode(),
        tenths(end.getEndedAt() - row.createdAt() / 1e6),
        tenths(end.getCpuMicros() / 1e6),
        end.getPeakMemoryBytes() >> 20);
  }

  private static String tenths(double seconds) {
    return String.format(Locale.ROOT, "%.1f", seconds);
  }
}
