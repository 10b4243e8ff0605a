package dev.atoll.worker.build;

import dev.atoll.images.Image;

/** How a build ended. */
public sealed interface BuildOutcome {
  /** It made an image. */
  record Built(Image image) implements BuildOutcome {}

  /**
   * A step failed, or a line breaks a rule.
   *
   * @param message for the user: the line, and why
   * @param line on which the instruction starts; the first is 1, and 0 means none of them
   * @param exitCode of the step's process; 0 when no process failed
   */
  record Failed(String message, int line, int exitCode) implements BuildOutcome {}
}
