package dev.atoll.cells.network;

import dev.atoll.errors.AtollException;

/**
 * A range of IPv4 addresses in CIDR form.
 *
 * @param first the lowest address, as an unsigned number
 * @param prefix how many leading bits are common, 0 to 32
 */
public record AddressRange(long first, int prefix) {
  public AddressRange {
    if (prefix < 0 || prefix > 32 || first < 0 || first >>> 32 != 0) {
      throw new IllegalArgumentException("not an IPv4 range: " + first + "/" + prefix);
    }
    first = first & -(1L << (32 - prefix));
  }

  /**
   * Parses {@code 10.1.2.0/24}, or a single address.
   *
   * @throws AtollException when it is neither
   */
  public static AddressRange parse(String text) {
    String[] parts = text.split("/", 2);
    String[] bytes = parts[0].split("\\.", -1);
    try {
      if (bytes.length == 4) {
        long address = 0;
        for (String part : bytes) {
          int value = Integer.parseInt(part);
          if (value < 0 || value > 255 || part.length() > 3) {
            throw new NumberFormatException(part);
          }
          address = address << 8 | value;
        }
        int prefix = parts.length == 2 ? Integer.parseInt(parts[1]) : 32;
        if (prefix >= 0 && prefix <= 32) {
          return new AddressRange(address, prefix);
        }
      }
    } catch (NumberFormatException e) {
      throw invalid(text);
    }
    throw invalid(text);
  }

  /** How many addresses it holds. */
  public long size() {
    return 1L << (32 - prefix);
  }

  /** Whether the two have an address in common. */
  public boolean overlaps(AddressRange other) {
    return first < other.first + other.size() && other.first < first + size();
  }

  /** The address at an offset from the lowest, as dotted text. */
  public String address(long offset) {
    long address = first + offset;
    return "%d.%d.%d.%d"
        .formatted(address >> 24 & 255, address >> 16 & 255, address >> 8 & 255, address & 255);
  }

  @Override
  public String toString() {
    return address(0) + "/" + prefix;
  }

  private static AtollException invalid(String text) {
    return AtollException.invalid(
        "'%s' is not an IPv4 range: write it like 10.1.2.0/24 or 10.1.2.3", text);
  }
}
