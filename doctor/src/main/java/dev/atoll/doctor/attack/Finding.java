package dev.atoll.doctor.attack;

import java.util.Locale;

/**
 * What a probe found.
 *
 * @param id the probe's
 * @param tier {@code gvisor}, {@code runc}, or {@code none} without a sandbox
 * @param verdict whether the isolation held
 * @param reason what stopped the attempt, what it could do, or why it was not made
 * @param control how it is known that the attempt succeeds where nothing stops it
 */
public record Finding(String id, String tier, Verdict verdict, String reason, String control) {
  /** Whether an isolation held. */
  public enum Verdict {
    /** The attempt was stopped. */
    HELD,
    /** It was not stopped, or the probe itself failed, which proves nothing. */
    BROKEN,
    /** It can't succeed on this machine whatever stops it. */
    NOT_RUN;

    /** The word used in output. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static Finding of(String id, String tier, Outcome outcome, Control control) {
    if (outcome.succeeded()) {
      return new Finding(id, tier, Verdict.BROKEN, outcome.reason(), control.text());
    }
    return control.kind() == Control.Kind.IMPOSSIBLE
        ? new Finding(
            id,
            tier,
            Verdict.NOT_RUN,
            "this machine has nothing to hold here (" + outcome.reason() + ")",
            control.text())
        : new Finding(id, tier, Verdict.HELD, outcome.reason(), control.text());
  }

  static Finding failed(String id, String tier, Exception failure) {
    return new Finding(
        id, tier, Verdict.BROKEN, "the probe itself failed: " + failure, "not reached");
  }
}
