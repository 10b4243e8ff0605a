package dev.atoll.cells;

import java.util.List;

/**
 * Whose process it is, in the cell's own ids.
 *
 * @param uid user id, 0 to 65535
 * @param gid primary group id, 0 to 65535
 * @param groups supplementary group ids, at most 64
 */
public record Identity(int uid, int gid, List<Integer> groups) {
  public Identity {
    groups = List.copyOf(groups);
  }
}
