package dev.atoll.cells.agent;

import java.util.OptionalInt;

/** What waitpid(2) tells of an ended process. */
final class WaitStatus {
  static final int SIGKILL = 9;

  private static final int MOST_SIGNAL = 64;

  private WaitStatus() {}

  static OptionalInt exitCode(int status) {
    return (status & 0x7f) == 0 && (status & ~0xff00) == 0
        ? OptionalInt.of(status >> 8 & 0xff)
        : OptionalInt.empty();
  }

  static OptionalInt signal(int status) {
    int signal = status & 0x7f;
    return signal >= 1 && signal <= MOST_SIGNAL && (status & ~0xff) == 0
        ? OptionalInt.of(signal)
        : OptionalInt.empty();
  }
}
