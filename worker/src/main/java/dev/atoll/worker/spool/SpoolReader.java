package dev.atoll.worker.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a spool from an offset on. Of one thread. While it is open nothing ahead is dropped, unless
 * the spool may be cut: then it may find itself further on.
 */
public final class SpoolReader implements AutoCloseable {
  private final Spool spool;
  private volatile long position;
  private @Nullable FileChannel channel;

  // Guarded by the spool's lock.
  private boolean waiting;
  private long lastMove = System.nanoTime();

  SpoolReader(Spool spool, long offset) {
    this.spool = spool;
    this.position = offset;
  }

  /** The offset of the next byte. */
  public long position() {
    return position;
  }

  /**
   * The next bytes; blocks until there are some.
   *
   * @param most at most so many, one or more
   * @return one byte or more, which end at {@link #position}; empty at the end of the stream
   * @throws dev.atoll.errors.AtollException when the stream failed here
   */
  public Optional<byte[]> next(int most) throws IOException, InterruptedException {
    // What was read before is handed on by now; and the writer may be waiting for just that.
    spool.moved(this);
    long segmentBytes = spool.folder().segmentBytes();
    Optional<Long> available;
    long at;
    FileChannel open;
    do {
      available = spool.awaitBytes(this);
      if (available.isEmpty()) {
        return Optional.empty();
      }
      at = position;
      open = segment(at);
    } while (open == null);
    long within = at % segmentBytes;
    int count = (int) Math.min(most, Math.min(available.get() - at, segmentBytes - within));
    byte[] bytes = new byte[count];
    int read = open.read(ByteBuffer.wrap(bytes), within);
    if (read <= 0) {
      throw new IOException("segment of spool " + spool.name() + " is shorter than it was");
    }
    position = at + read;
    return Optional.of(read == count ? bytes : Arrays.copyOf(bytes, read));
  }

  boolean isWaiting() {
    return waiting;
  }

  long lastMove() {
    return lastMove;
  }

  /** Notes that it begins or ends to wait for bytes: either way it is no laggard now. */
  void waiting(boolean now) {
    waiting = now;
    lastMove = System.nanoTime();
  }

  /** Goes on at that offset if it is behind it. */
  void notBefore(long oldest) {
    if (position < oldest) {
      position = oldest;
    }
  }

  /** Lets go of the spool. Idempotent. */
  @Override
  public void close() {
    closeSegment();
    spool.closed(this);
  }

  /** The file with that offset; null when it was cut off just now. */
  private @Nullable FileChannel segment(long offset) throws IOException {
    long segmentBytes = spool.folder().segmentBytes();
    if (channel != null && offset % segmentBytes != 0) {
      return channel;
    }
    closeSegment();
    try {
      channel =
          FileChannel.open(
              spool.folder().segment(spool.name(), offset / segmentBytes), StandardOpenOption.READ);
    } catch (NoSuchFileException gone) {
      if (!spool.isDropped(offset)) {
        throw gone;
      }
    }
    return channel;
  }

  private void closeSegment() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException ignored) {
        // Closing what was only read loses nothing.
      }
      channel = null;
    }
  }
}
