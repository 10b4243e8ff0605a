package dev.atoll.images.oci;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads a file, and knows where. */
final class CountedInput extends InputStream {
  private final FileChannel channel;

  CountedInput(FileChannel channel) {
    this.channel = channel;
  }

  long position() throws IOException {
    return channel.position();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return length == 0 ? 0 : channel.read(ByteBuffer.wrap(bytes, offset, length));
  }
}
