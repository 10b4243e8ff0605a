package dev.atoll.sdk;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A buffer before a process's stdin that can be closed again when closing has failed: the server
 * may have been away, and the process still waits for the end of its input.
 */
final class StdinBuffer extends BufferedOutputStream {
  private static final int BYTES = 64 << 10;

  /**
   * Wraps a stream.
   *
   * @param stdin whose {@code close} may be repeated until it succeeds
   */
  StdinBuffer(OutputStream stdin) {
    super(stdin, BYTES);
  }

  @Override
  public void close() throws IOException {
    flush();
    out.close();
  }
}
