package dev.atoll.control.store;

/** Text that a sandbox or a build step may have had a part in, as every database takes it. */
final class StoredText {
  private StoredText() {}

  /**
   * The text with U+FFFD in place of each NUL, which a text of PostgreSQL can't hold; as long as
   * before.
   */
  static String of(String text) {
    return text.replace('\0', '\uFFFD');
  }
}
