package dev.atoll.sdk;

/** How to open a file, as in {@code fopen(3)}. */
public enum FileMode {
  /** {@code r}: read an existing file. */
  READ("r"),
  /** {@code w}: write a new or emptied file. */
  WRITE("w"),
  /** {@code a}: write at the end of a new or existing file. */
  APPEND("a"),
  /** {@code r+}: read and write an existing file. */
  READ_WRITE("r+"),
  /** {@code w+}: read and write a new or emptied file. */
  WRITE_READ("w+"),
  /** {@code a+}: read, and write at the end of, a new or existing file. */
  APPEND_READ("a+");

  private final String symbol;

  FileMode(String symbol) {
    this.symbol = symbol;
  }

  String symbol() {
    return symbol;
  }
}
