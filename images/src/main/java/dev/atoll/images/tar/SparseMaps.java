package dev.atoll.images.tar;

import dev.atoll.images.tar.TarEntry.Region;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The maps of files with holes (GNU tar manual, "Storing Sparse Files"). */
final class SparseMaps {
  private static final int MOST_REGIONS = 1_000_000;

  private final List<Region> regions = new ArrayList<>();
  private final long size;
  private final long stored;
  private long end;
  private long sum;

  private SparseMaps(long size, long stored) {
    this.size = size;
    this.stored = stored;
  }

  /** The old GNU format: four regions in the header, 21 in each block that follows it. */
  static List<Region> old(TarHeader header, BlockInput input, long size, long stored)
      throws IOException {
    SparseMaps map = new SparseMaps(size, stored);
    byte[] block = header.block();
    int at = 386;
    int count = 4;
    boolean more = block[482] != 0;
    while (true) {
      for (int i = 0; i < count; i++, at += 24) {
        if (block[at + 12] != 0 && block[at] != 0) {
          map.add(
              TarHeader.number(block, at, 12, "sparse offset"),
              TarHeader.number(block, at + 12, 12, "sparse length"));
        }
      }
      if (!more) {
        return map.finish(stored);
      }
      block = input.headerBlock();
      at = 0;
      count = 21;
      more = block[504] != 0;
    }
  }

  /** The PAX format 0.1: a record of numbers. */
  static List<Region> record(String text, long size, long stored) throws TarFormatException {
    SparseMaps map = new SparseMaps(size, stored);
    String[] numbers = text.split(",", -1);
    if (numbers.length % 2 != 0) {
      throw new TarFormatException("a sparse file's map has an odd count of numbers");
    }
    for (int i = 0; i < numbers.length; i += 2) {
      map.add(parse(numbers[i]), parse(numbers[i + 1]));
    }
    return map.finish(stored);
  }

  /** The PAX format 1.0: decimal lines at the content's begin, filled up to whole blocks. */
  static List<Region> content(BlockInput input, long size) throws IOException {
    SparseMaps map = new SparseMaps(size, Long.MAX_VALUE);
    Lines lines = new Lines(input);
    long count = lines.next();
    if (count > MOST_REGIONS) {
      throw new TarFormatException("a sparse file has more than %d regions", MOST_REGIONS);
    }
    for (long i = 0; i < count; i++) {
      map.add(lines.next(), lines.next());
    }
    return map.finish(input.left());
  }

  private void add(long offset, long length) throws TarFormatException {
    if (offset < end || length < 0 || length > size - offset || regions.size() >= MOST_REGIONS) {
      throw new TarFormatException("a sparse file's map is out of order or beyond its size");
    }
    end = offset + length;
    sum += length;
    if (length > 0) {
      regions.add(new Region(offset, length));
    }
  }

  private List<Region> finish(long content) throws TarFormatException {
    if (sum != content || sum > stored) {
      throw new TarFormatException("a sparse file's map does not fit its content");
    }
    return List.copyOf(regions);
  }

  private static long parse(String text) throws TarFormatException {
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(Character::isDigit)) {
      throw new TarFormatException("a sparse file's map holds no number");
    }
    return Long.parseLong(text);
  }

  private static final class Lines {
    private final BlockInput input;
    private byte[] block = new byte[0];
    private int at;

    Lines(BlockInput input) {
      this.input = input;
    }

    long next() throws IOException {
      StringBuilder line = new StringBuilder();
      while (true) {
        if (at == block.length) {
          block = input.contentBlock();
          at = 0;
        }
        char c = (char) (block[at++] & 0xff);
        if (c == '\n') {
          return parse(line.toString());
        }
        if (line.append(c).length() > 18) {
          throw new TarFormatException("a sparse file's map holds no number");
        }
      }
    }
  }
}
