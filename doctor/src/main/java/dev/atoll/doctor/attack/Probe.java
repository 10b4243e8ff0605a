package dev.atoll.doctor.attack;

/**
 * One attempt to get out of a sandbox, or at somebody else.
 *
 * @param id its name, for ever
 * @param group what it is about
 * @param trial how it is made
 */
record Probe(String id, String group, Trial trial) {
  /** An attempt in a scene. */
  @FunctionalInterface
  interface Trial {
    Trial.Result run(Scene scene) throws Exception;

    /** The attempt's outcome and its control's. */
    record Result(Outcome outcome, Control control) {}
  }

  Finding run(Scene scene) {
    try {
      Trial.Result result = trial.run(scene);
      return Finding.of(id, scene.tier(), result.outcome(), result.control());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Finding.failed(id, scene.tier(), stopped);
    } catch (Exception failure) {
      return Finding.failed(id, scene.tier(), failure);
    }
  }
}
