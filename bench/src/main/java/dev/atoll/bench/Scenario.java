package dev.atoll.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.List;
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
   */
  record Result(String tier, List<Comparison> comparisons, OptionalDouble serverGrowthMebibytes) {}

  /** Measures, with an empty folder for servers and roots. */
  Result run(Path directory) throws IOException, InterruptedException, NoSuchAlgorithmException;
}
