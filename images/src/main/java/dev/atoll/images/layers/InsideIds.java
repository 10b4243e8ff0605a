package dev.atoll.images.layers;

import dev.atoll.linux.IdMapping;

/**
 * Ids as they are inside a sandbox, which is what layers carry.
 *
 * @param mapping of the sandbox that wrote
 */
record InsideIds(IdMapping mapping) {
  /** The kernel's stand-in for an id that a namespace doesn't map (user_namespaces(7)). */
  private static final int NOBODY = 65_534;

  /** The id inside of one on the host. */
  int of(int id) {
    if (mapping.isIdentity()) {
      return id;
    }
    int inside = id - mapping.hostBase();
    return inside >= 0 && inside < mapping.size() ? inside : NOBODY;
  }
}
