package dev.atoll.doctor.attack;

/**
 * What the same attempt does where the defence is off.
 *
 * @param kind how that is known
 * @param text in words
 */
record Control(Kind kind, String text) {
  /** How it is known that an attempt could succeed. */
  enum Kind {
    /** It was made, and succeeded. */
    REAL,
    /** By what the attempt is; it is not made, since that would harm or prove nothing. */
    CONSTRUCTION,
    /** It was made, and fails on this machine anyway: there is nothing to hold. */
    IMPOSSIBLE
  }

  /** A control that was made for this. */
  static Control of(String where, Outcome outcome) {
    return outcome.succeeded()
        ? new Control(Kind.REAL, where + ": " + outcome.reason())
        : new Control(Kind.IMPOSSIBLE, where + ", it fails, too: " + outcome.reason());
  }

  static Control real(String text) {
    return new Control(Kind.REAL, text);
  }

  static Control construction(String text) {
    return new Control(Kind.CONSTRUCTION, "by construction only: " + text);
  }
}
