package dev.atoll.conformance;

/** An operation that is cut by the death of the server, and what has to be true then. */
interface FaultScenario {
  /** Makes what the operation needs, before any point is armed. */
  default void prepare(FaultServer server) throws Exception {}

  /** The operation; a thread of its own is cut in it, whose failure tells nothing. */
  void act(FaultServer server) throws Exception;

  /** Its thread is held; what else has to happen before the server is killed. */
  default void held(FaultServer server) throws Exception {}

  /** The server is dead, and the next one not yet started. */
  default void cut() throws Exception {}

  /**
   * On the next server: repeats the operation, holds that it has had one effect, and ends it, so
   * that nothing of it is left.
   */
  void check(FaultServer server) throws Exception;
}
