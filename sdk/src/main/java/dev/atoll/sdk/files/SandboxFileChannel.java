package dev.atoll.sdk.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An open file as a channel. Reads a megabyte ahead; writes at once, so that processes in the
 * sandbox see it. Thread-safe: operations take turns.
 */
final class SandboxFileChannel implements SeekableByteChannel {
  private static final int LEAST_READ = 1 << 20;
  private static final int MOST_AT_ONCE = 8 << 20;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ReentrantLock lock = new ReentrantLock();
  private final SandboxFileSystemProvider provider;
  private final SandboxPath path;
  private final OpenFile file;
  private final Use use;

  // What was read and not yet asked for: it follows the channel's position.
  private ByteBuffer ahead = NOTHING;
  // The last read met the end of the file; counts for one answer, since files grow.
  private boolean metEnd;
  private long position;
  // Where the file's own position is.
  private long filePosition;
  private volatile boolean closed;

  /**
   * What it may be used for.
   *
   * @param read whether it may be read
   * @param write whether it may be written
   * @param append whether what is written goes to the end
   * @param deleteOnClose whether closing it removes the file
   */
  record Use(boolean read, boolean write, boolean append, boolean deleteOnClose) {}

  SandboxFileChannel(SandboxFileSystemProvider provider, SandboxPath path, OpenFile file, Use use) {
    this.provider = provider;
    this.path = path;
    this.file = file;
    this.use = use;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    lock.lock();
    try {
      checkOpen();
      if (!use.read) {
        throw new NonReadableChannelException();
      }
      if (!target.hasRemaining()) {
        return 0;
      }
      if (!ahead.hasRemaining() && !fill(target.remaining())) {
        return -1;
      }
      int count = Math.min(target.remaining(), ahead.remaining());
      target.put(ahead.slice().limit(count));
      ahead.position(ahead.position() + count);
      position += count;
      return count;
    } finally {
      lock.unlock();
    }
  }

  private boolean fill(int wanted) throws IOException {
    if (metEnd) {
      metEnd = false;
      return false;
    }
    int ask = Math.clamp(wanted, LEAST_READ, MOST_AT_ONCE);
    goToPosition();
    byte[] bytes = file.read(ask);
    filePosition += bytes.length;
    ahead = ByteBuffer.wrap(bytes);
    metEnd = bytes.length > 0 && bytes.length < ask;
    return bytes.length > 0;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    lock.lock();
    try {
      checkOpen();
      if (!use.write) {
        throw new NonWritableChannelException();
      }
      int total = source.remaining();
      dropAhead();
      while (source.hasRemaining()) {
        if (!use.append) {
          goToPosition();
        }
        byte[] piece = new byte[Math.min(source.remaining(), MOST_AT_ONCE)];
        source.get(source.position(), piece);
        file.write(piece);
        source.position(source.position() + piece.length);
        position += piece.length;
        filePosition = position;
      }
      return total;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long position() throws IOException {
    checkOpen();
    if (use.append) {
      return size();
    }
    lock.lock();
    try {
      return position;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public SeekableByteChannel position(long newPosition) throws IOException {
    checkOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("a position can't be negative: " + newPosition);
    }
    lock.lock();
    try {
      if (newPosition != position) {
        dropAhead();
        position = newPosition;
      }
      return this;
    } finally {
      lock.unlock();
    }
  }

  /** Known without a question when the rest of a file that is only read has been read ahead. */
  @Override
  public long size() throws IOException {
    lock.lock();
    try {
      checkOpen();
      if (!use.write && !ahead.hasRemaining() && !metEnd) {
        var _ = fill(LEAST_READ);
      }
      return metEnd ? filePosition : provider.attributes(path, true).size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Does nothing if the file is no larger: the protocol can empty a file when it is opened, but not
   * cut one.
   */
  @Override
  public SeekableByteChannel truncate(long size) throws IOException {
    checkOpen();
    if (!use.write) {
      throw new NonWritableChannelException();
    }
    if (size < 0) {
      throw new IllegalArgumentException("a size can't be negative: " + size);
    }
    if (size() > size) {
      throw new UnsupportedOperationException(
          "The protocol can't cut an open file; open it with TRUNCATE_EXISTING to empty it");
    }
    if (position() > size) {
      position(size);
    }
    return this;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      provider.released(this);
      file.close();
      if (use.deleteOnClose) {
        provider.deleteIfExists(path);
      }
    } finally {
      lock.unlock();
    }
  }

  private void goToPosition() throws IOException {
    if (filePosition != position) {
      file.seek(position);
      filePosition = position;
    }
  }

  private void dropAhead() {
    ahead = NOTHING;
    metEnd = false;
  }

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }
}
