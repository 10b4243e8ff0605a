package dev.atoll.worker.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Appends to the segment files of a spool, one after the other. Thread-safe. */
final class SegmentWriter {
  private final SpoolFolder folder;
  private final String name;
  private @Nullable FileChannel channel;
  private long offset;
  private boolean closed;

  SegmentWriter(SpoolFolder folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  /** Goes on after what is there. */
  synchronized void resume(long written) {
    offset = written;
  }

  synchronized void write(ByteBuffer bytes) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    while (bytes.hasRemaining()) {
      long segmentBytes = folder.segmentBytes();
      FileChannel open = channel;
      if (offset % segmentBytes == 0) {
        open = next(offset / segmentBytes);
      } else if (open == null) {
        open = reopen(offset / segmentBytes);
      }
      int room = (int) Math.min(bytes.remaining(), segmentBytes - offset % segmentBytes);
      ByteBuffer part = bytes.slice(bytes.position(), room);
      while (part.hasRemaining()) {
        offset += open.write(part);
      }
      bytes.position(bytes.position() + room);
    }
  }

  /** Closes the file for good; spools that have ended hold no descriptor. */
  synchronized void close() throws IOException {
    closed = true;
    closeSegment();
  }

  private void closeSegment() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }

  private FileChannel reopen(long index) throws IOException {
    FileChannel opened = FileChannel.open(folder.segment(name, index), StandardOpenOption.APPEND);
    channel = opened;
    return opened;
  }

  private FileChannel next(long index) throws IOException {
    closeSegment();
    if (index == 0) {
      folder.create();
    }
    FileChannel opened =
        FileChannel.open(
            folder.segment(name, index), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    channel = opened;
    return opened;
  }
}
