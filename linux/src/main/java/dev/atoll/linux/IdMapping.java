package dev.atoll.linux;

/**
 * How user and group ids inside a user namespace appear on the host's file systems: inside {@code
 * n} is host {@code hostBase + n}, for {@code size} ids. The identity mapping has base 0.
 *
 * @param hostBase the host id of root inside, zero or more
 * @param size how many ids are mapped, one or more
 */
public record IdMapping(int hostBase, int size) {
  /** The mapping that changes nothing. */
  public static final IdMapping IDENTITY = new IdMapping(0, Integer.MAX_VALUE);

  /** Whether ids are the same inside and outside. */
  public boolean isIdentity() {
    return hostBase == 0;
  }
}
