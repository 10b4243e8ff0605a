package dev.atoll.sdk;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import java.util.Optional;

/** An input stream over pieces that come from the server when they are asked for. */
abstract class ChunkInputStream extends InputStream {
  private ByteString chunk = ByteString.EMPTY;
  private int position;
  private boolean ended;

  /** The next piece, waiting for it; empty at the end, after which it is not asked again. */
  abstract Optional<ByteString> nextChunk();

  @Override
  public final int read() throws IOException {
    return fill() ? chunk.byteAt(position++) & 0xff : -1;
  }

  @Override
  public final int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, chunk.size() - position);
    chunk.copyTo(bytes, position, offset, count);
    position += count;
    return count;
  }

  @Override
  public final long transferTo(OutputStream out) throws IOException {
    long total = 0;
    while (fill()) {
      ByteString rest = chunk.substring(position);
      position = chunk.size();
      rest.writeTo(out);
      total += rest.size();
    }
    return total;
  }

  @Override
  public final int available() {
    return chunk.size() - position;
  }

  private boolean fill() throws IOException {
    while (position == chunk.size()) {
      if (ended) {
        return false;
      }
      try {
        Optional<ByteString> next = nextChunk();
        ended = next.isEmpty();
        chunk = next.orElse(ByteString.EMPTY);
        position = 0;
      } catch (AtollException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    return true;
  }
}
