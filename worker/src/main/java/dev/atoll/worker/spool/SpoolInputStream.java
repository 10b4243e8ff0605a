package dev.atoll.worker.spool;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.Optional;

/** A spool's reader as a stream: it blocks at the end of what is there, and ends with the spool. */
public final class SpoolInputStream extends InputStream {
  private static final int CHUNK_BYTES = 64 << 10;

  private final SpoolReader reader;
  private byte[] chunk = new byte[0];
  private int at;

  /** Reads on from where the reader is; closing this closes it. */
  public SpoolInputStream(SpoolReader reader) {
    this.reader = reader;
  }

  @Override
  public int read() throws IOException {
    return fill() ? chunk[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, chunk.length - at);
    System.arraycopy(chunk, at, target, offset, count);
    at += count;
    return count;
  }

  @Override
  public void close() {
    reader.close();
  }

  private boolean fill() throws IOException {
    if (at < chunk.length) {
      return true;
    }
    try {
      Optional<byte[]> next = reader.next(CHUNK_BYTES);
      chunk = next.orElse(new byte[0]);
      at = 0;
      return next.isPresent();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(stopped);
    }
  }
}
