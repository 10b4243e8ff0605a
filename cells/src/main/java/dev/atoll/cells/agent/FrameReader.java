package dev.atoll.cells.agent;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/**
 * Reads frames from a connection. The buffer starts small and grows to the largest frame seen, at
 * most one frame of the protocol's greatest size: thousands of idle cells must not cost a megabyte
 * each.
 */
final class FrameReader {
  private static final int FIRST_SIZE = 32 << 10;
  private static final int MOST_SIZE = Protocol.HEADER + Protocol.MOST_PAYLOAD;

  private final ReadableByteChannel channel;
  private ByteBuffer buffer = allocate(FIRST_SIZE);

  FrameReader(ReadableByteChannel channel) {
    this.channel = channel;
    buffer.limit(0);
  }

  /**
   * Reads the next frame; blocks until it is there.
   *
   * @throws EOFException when the connection ended between two frames or within one
   * @throws ProtocolException when the frame breaks a rule
   */
  AgentMessage read() throws IOException {
    fill(Protocol.HEADER);
    int start = buffer.position();
    int length = buffer.getInt(start);
    int type = Short.toUnsignedInt(buffer.getShort(start + 4));
    if (length < 0 || length > Protocol.MOST_PAYLOAD) {
      throw new ProtocolException("a frame of type " + type + " has the length " + length);
    }
    if (buffer.getShort(start + 6) != 0 || buffer.getInt(start + 12) != 0) {
      throw new ProtocolException(
          "a frame of type " + type + " has reserved bytes that aren't zero");
    }
    int exec = buffer.getInt(start + 8);
    fill(Protocol.HEADER + length);
    ByteBuffer payload =
        buffer.slice(buffer.position() + Protocol.HEADER, length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.position(buffer.position() + Protocol.HEADER + length);
    return MessageParser.parse(type, exec, payload);
  }

  private void fill(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return;
    }
    if (buffer.capacity() - buffer.position() < bytes) {
      ByteBuffer target = buffer.capacity() < bytes ? allocate(larger(bytes)) : buffer;
      if (target == buffer) {
        buffer.compact();
      } else {
        target.put(buffer);
        buffer = target;
      }
      buffer.flip();
    }
    while (buffer.remaining() < bytes) {
      int read = readMore();
      if (read < 0) {
        throw new EOFException("the guest agent hung up");
      }
    }
  }

  private int readMore() throws IOException {
    int start = buffer.position();
    int end = buffer.limit();
    buffer.limit(buffer.capacity()).position(end);
    try {
      return channel.read(buffer);
    } finally {
      buffer.limit(buffer.position()).position(start);
    }
  }

  private static int larger(int bytes) {
    return Math.min(MOST_SIZE, Integer.highestOneBit(bytes - 1) << 1);
  }

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
