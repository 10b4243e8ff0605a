package dev.atoll.bench.soak;

/**
 * Something that is done in a sandbox.
 *
 * @param weight how often, beside the others'
 */
record Step(String name, int weight, Action action) {
  /** Does it; what it is told is checked, and what it leaves is known to the session. */
  interface Action {
    void take(Session session) throws Violation, InterruptedException;
  }
}
