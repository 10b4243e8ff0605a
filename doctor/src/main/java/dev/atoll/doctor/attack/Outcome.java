package dev.atoll.doctor.attack;

import java.util.Optional;

/**
 * What came of an attempt.
 *
 * @param succeeded whether it did what must not be possible
 * @param reason in words
 */
record Outcome(boolean succeeded, String reason) {
  private static final String SUCCEEDED = "succeeded: ";
  private static final String REFUSED = "refused: ";

  static Outcome succeeded(String reason) {
    return new Outcome(true, reason);
  }

  static Outcome refused(String reason) {
    return new Outcome(false, reason);
  }

  /** The line that the program in C prints; empty when there is none. */
  static Optional<Outcome> parse(String output) {
    return output
        .lines()
        .filter(line -> line.startsWith(SUCCEEDED) || line.startsWith(REFUSED))
        .map(
            line ->
                line.startsWith(SUCCEEDED)
                    ? succeeded(line.substring(SUCCEEDED.length()))
                    : refused(line.substring(REFUSED.length())))
        .findFirst();
  }

  /** This one if it succeeded, else the other. */
  Outcome orElse(Outcome other) {
    return succeeded ? this : other;
  }
}
