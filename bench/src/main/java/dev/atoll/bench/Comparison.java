package dev.atoll.bench;

import java.util.Locale;

/**
 * One line of the report: what Atoll does beside what the peer does.
 *
 * @param what what was measured
 * @param atoll Atoll's samples
 * @param peer the peer's samples, taken in turns with Atoll's
 */
record Comparison(String what, Samples atoll, Samples peer) {

  /** Atoll's median as a multiple of the peer's. */
  double ratio() {
    return atoll.median() / peer.median();
  }

  /** The line for a person. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%-42s %9.2f %9.2f %9.2f %9.2f %-5s %6.2f x",
        what,
        atoll.median(),
        atoll.percentile(0.95),
        atoll.minimum(),
        peer.median(),
        atoll.unit(),
        ratio());
  }

  static String heading() {
    return String.format(
        Locale.ROOT,
        "%-42s %9s %9s %9s %9s %-5s %6s",
        "",
        "Atoll p50",
        "p95",
        "least",
        "peer p50",
        "",
        "ratio");
  }
}
