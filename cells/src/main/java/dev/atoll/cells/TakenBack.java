package dev.atoll.cells;

import java.util.Map;

/**
 * A cell of a host that died, which goes on.
 *
 * @param cell claimed; it may have ended meanwhile
 * @param execs by their numbers: those that the cell still knows. Another one has never started, or
 *     is over, its end and its whole output acknowledged
 */
public record TakenBack(Cell cell, Map<Integer, Exec> execs) {
  public TakenBack {
    execs = Map.copyOf(execs);
  }
}
