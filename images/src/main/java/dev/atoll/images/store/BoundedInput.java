package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that fails beyond a count of bytes: compressed data can stand for any amount. */
final class BoundedInput extends FilterInputStream {
  private final long most;
  private long count;

  BoundedInput(InputStream stream, long most) {
    super(stream);
    this.most = most;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    count(value < 0 ? 0 : 1);
    return value;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    count(Math.max(0, read));
    return read;
  }

  private void count(int more) {
    count += more;
    if (count > most) {
      throw new AtollException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "the layer has more than %d bytes when unpacked".formatted(most));
    }
  }
}
