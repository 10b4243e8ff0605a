package dev.atoll.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What is measured of one tier. Samples of two sides are taken in turns, so that whatever else the
 * machine does falls on both.
 */
interface Scenario {
  /**
   * Everything measured.
   *
   * @param serverGrowthMebibytes by how much the server's memory grew at most while it streamed
   * @param failures how many sandboxes failed, by the class of the client's error
   */
  record Result(
      String tier,
      List<Comparison> comparisons,
      OptionalDouble serverGrowthMebibytes,
      Map<String, Integer> failures) {
    public Result {
      comparisons = List.copyOf(comparisons);
      failures = Map.copyOf(failures);
    }

    /** Of a scenario that ends at the first failure. */
    public Result(String tier, List<Comparison> comparisons, OptionalDouble serverGrowthMebibytes) {
      this(tier, comparisons, serverGrowthMebibytes, Map.of());
    }
  }

  /** Measures, with an empty folder for servers and roots. */
  Result run(Path directory) throws IOException, InterruptedException, NoSuchAlgorithmException;
}
