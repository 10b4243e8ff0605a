package dev.atoll.doctor.attack;

import dev.atoll.sdk.SandboxProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A probe in a sandbox that waits for what others send.
 *
 * @param process the probe
 * @param said its first line: that it listens, or why it can't
 */
record Ear(SandboxProcess process, String said) {
  /** How long what was sent may take on this machine's links. */
  private static final Duration ON_THE_WAY = Duration.ofMillis(200);

  /** Starts one, and returns once it misses nothing any more. */
  static Ear of(Box box, String... words) throws IOException {
    SandboxProcess process = box.start(List.of(words));
    return new Ear(process, line(process.getInputStream()));
  }

  private static String line(InputStream output) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = output.read(); next >= 0 && next != '\n'; next = output.read()) {
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /**
   * What it has heard, a moment after all was sent.
   *
   * @throws IOException if it comes to no outcome, which proves nothing
   */
  Outcome heard() throws IOException, InterruptedException {
    Thread.sleep(ON_THE_WAY);
    process.destroy();
    return Outcome.parse(said + "\n" + process.readText())
        .orElseThrow(() -> new IOException("the ear said nothing but '" + said + "'"));
  }
}
