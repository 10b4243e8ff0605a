package dev.atoll.bench;

import java.util.Arrays;
import java.util.List;

/**
 * What was measured for one thing, sample by sample.
 *
 * @param name what was measured, such as {@code exec true, gvisor, atoll}
 * @param unit {@code ms}, {@code MB/s} or {@code /s}
 * @param values every sample, in the order in which they were taken
 */
record Samples(String name, String unit, List<Double> values) {
  Samples {
    values = List.copyOf(values);
  }

  /** The value below which the given share of the samples lies, by the nearest rank. */
  double percentile(double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, Math.min(sorted.length - 1, rank - 1))];
  }

  double median() {
    return percentile(0.5);
  }

  double minimum() {
    return Arrays.stream(values.stream().mapToDouble(Double::doubleValue).toArray())
        .min()
        .orElseThrow();
  }
}
