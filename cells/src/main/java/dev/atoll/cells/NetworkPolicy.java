package dev.atoll.cells;

import java.util.List;

/** What a cell may reach, within what its host's {@link CellHostConfig.Network} lets any cell. */
public sealed interface NetworkPolicy {
  /** Everything that the host allows: what a cell has from its boot. */
  record Open() implements NetworkPolicy {}

  /** Nothing, nor the name forwarder. What the host itself connects to inside stays connected. */
  record Blocked() implements NetworkPolicy {}

  /**
   * Only these ranges, as far as the host allows them, and the name forwarder; an empty list means
   * {@link Blocked}.
   *
   * @param ranges IPv4 ranges in CIDR form
   */
  record Allowlist(List<String> ranges) implements NetworkPolicy {
    public Allowlist {
      ranges = List.copyOf(ranges);
    }
  }
}
