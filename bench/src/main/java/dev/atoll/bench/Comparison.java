package dev.atoll.bench;

import java.util.Locale;
import java.util.Optional;

/**
 * One line of the report: what Atoll does, beside what it is compared with.
 *
 * @param what what was measured
 * @param atoll Atoll's samples
 * @param peer what it is compared with: samples taken in turns with Atoll's; absent when there is
 *     nothing like it
 */
record Comparison(String what, Samples atoll, Optional<Samples> peer) {

  /** The line for a person. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%-52s %9.2f %9.2f %9.2f %9s %-5s %8s",
        what,
        atoll.median(),
        atoll.percentile(0.95),
        atoll.percentile(0.99),
        peer.map(samples -> "%.2f".formatted(samples.median())).orElse(""),
        atoll.unit(),
        peer.map(samples -> "%.2f x".formatted(atoll.median() / samples.median())).orElse(""));
  }

  static String heading() {
    return String.format(
        Locale.ROOT,
        "%-52s %9s %9s %9s %9s %-5s %6s",
        "",
        "Atoll p50",
        "p95",
        "p99",
        "peer p50",
        "",
        "ratio");
  }
}
