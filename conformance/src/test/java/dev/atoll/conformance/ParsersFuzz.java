package dev.atoll.conformance;

import java.util.List;

/**
 * What the fuzzer's JVM runs. One for all targets: its start takes longer than what CI has for
 * them.
 */
public final class ParsersFuzz {
  private static final List<FuzzTarget> TARGETS = FuzzTarget.chosen();

  private ParsersFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    FuzzTarget.readAddressed(TARGETS, input);
  }
}
