package dev.atoll.images.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The archive's stream, and how much of the current entry's content is left in it. */
final class BlockInput {
  private final InputStream stream;
  private final byte[] skipped = new byte[65_536];
  private long left;
  private int padding;

  BlockInput(InputStream stream) {
    this.stream = stream;
  }

  /** Begins an entry's content. */
  void begin(long length) throws TarFormatException {
    if (length < 0) {
      throw new TarFormatException("an entry has the negative size %d", length);
    }
    left = length;
    padding = (int) (-length & (TarHeader.BLOCK - 1));
  }

  long left() {
    return left;
  }

  /** The next header block, what is left of an entry's content skipped; null at the end. */
  byte @org.jspecify.annotations.Nullable [] nextBlock() throws IOException {
    while (left > 0) {
      if (read(skipped, 0, skipped.length) < 0) {
        break;
      }
    }
    exactly(skipped, padding);
    padding = 0;
    byte[] block = new byte[TarHeader.BLOCK];
    int length = stream.readNBytes(block, 0, block.length);
    if (length == 0) {
      return null;
    }
    if (length < block.length) {
      throw new EOFException("the archive ends in the middle of a header");
    }
    return block;
  }

  int read(byte[] bytes, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int read = stream.read(bytes, offset, (int) Math.min(length, left));
    if (read < 0) {
      throw new EOFException("the archive ends in the middle of an entry");
    }
    left -= read;
    return read;
  }

  /** All of the entry's content, which must be small. */
  byte[] all(int most, String what) throws IOException {
    if (left > most) {
      throw new TarFormatException("%s has %d bytes; at most %d are read", what, left, most);
    }
    byte[] bytes = new byte[(int) left];
    exactly(bytes, bytes.length);
    left = 0;
    return bytes;
  }

  /** A block of the entry's content. */
  byte[] contentBlock() throws IOException {
    if (left < TarHeader.BLOCK) {
      throw new TarFormatException("a sparse file's map does not end");
    }
    byte[] block = new byte[TarHeader.BLOCK];
    exactly(block, block.length);
    left -= block.length;
    return block;
  }

  /** A block that belongs to the header and not to the content. */
  byte[] headerBlock() throws IOException {
    byte[] block = new byte[TarHeader.BLOCK];
    exactly(block, block.length);
    return block;
  }

  private void exactly(byte[] bytes, int length) throws IOException {
    if (stream.readNBytes(bytes, 0, length) < length) {
      throw new EOFException("the archive ends in the middle of an entry");
    }
  }

  /** Reads to the end of the stream, so that a digest over it covers all of it. */
  void drain() throws IOException {
    while (stream.read(skipped) >= 0) {}
  }
}
