package dev.atoll.images.layers;

/** An archive's entry that breaks a rule; the message continues "entry 'x' is refused: ". */
final class EntryRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  EntryRefusedException(String rule) {
    super(rule);
  }
}
