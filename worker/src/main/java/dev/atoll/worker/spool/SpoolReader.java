package dev.atoll.worker.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a spool from an offset on. Of one thread; while it is open, nothing ahead is dropped. */
public final class SpoolReader implements AutoCloseable {
  private final Spool spool;
  private volatile long position;
  private @Nullable FileChannel channel;

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
   * @return one byte or more; empty at the end of the stream
   * @throws dev.atoll.errors.AtollException when the stream failed here
   */
  public Optional<byte[]> next(int most) throws IOException, InterruptedException {
    // What was read before is handed on by now; and the writer may be waiting for just that.
    spool.moved();
    Optional<Long> available = spool.awaitBytes(this);
    if (available.isEmpty()) {
      return Optional.empty();
    }
    long at = position;
    long segmentBytes = spool.folder().segmentBytes();
    long within = at % segmentBytes;
    FileChannel open = channel;
    if (open == null || within == 0) {
      open = segment(at / segmentBytes);
    }
    int count = (int) Math.min(most, Math.min(available.get() - at, segmentBytes - within));
    byte[] bytes = new byte[count];
    int read = open.read(ByteBuffer.wrap(bytes), within);
    if (read <= 0) {
      throw new IOException("segment of spool " + spool.name() + " is shorter than it was");
    }
    position = at + read;
    return Optional.of(read == count ? bytes : Arrays.copyOf(bytes, read));
  }

  /** Lets go of the spool. Idempotent. */
  @Override
  public void close() {
    closeSegment();
    spool.closed(this);
  }

  private FileChannel segment(long index) throws IOException {
    closeSegment();
    FileChannel opened =
        FileChannel.open(spool.folder().segment(spool.name(), index), StandardOpenOption.READ);
    channel = opened;
    return opened;
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
