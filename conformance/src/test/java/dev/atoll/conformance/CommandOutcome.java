package dev.atoll.conformance;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * How a command ended.
 *
 * @param status its exit code
 * @param output all of stdout
 * @param errors all of stderr
 * @param took from its start to its end
 */
record CommandOutcome(int status, byte[] output, String errors, Duration took) {
  /** Standard output as text. */
  String text() {
    return new String(output, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "exit code %d after %d ms%nstdout: %s%nstderr: %s"
        .formatted(status, took.toMillis(), text(), errors);
  }
}
