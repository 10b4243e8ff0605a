package dev.atoll.worker.task;

import dev.atoll.cells.ExecSpec;
import dev.atoll.protocol.modal.PTYInfo;

/** Sizes of pseudo terminals, in characters. */
final class Terminals {
  private static final int DEFAULT_ROWS = 24;
  private static final int DEFAULT_COLUMNS = 80;
  private static final int MOST = 65_535;

  private Terminals() {}

  static ExecSpec.Output of(PTYInfo terminal) {
    return new ExecSpec.Output.Terminal(
        size(terminal.getWinszRows(), DEFAULT_ROWS),
        size(terminal.getWinszCols(), DEFAULT_COLUMNS));
  }

  private static int size(int asked, int standard) {
    return asked == 0 ? standard : (int) Math.min(Integer.toUnsignedLong(asked), MOST);
  }
}
