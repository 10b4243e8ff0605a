package dev.atoll.worker.spool;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one stream, from its first to its last. One thread appends; any number read, each
 * from the offset it wants, during the stream's life and after it.
 *
 * <p>At most the folder's limit is held for readers. {@link #kept} stops growing there, and with it
 * the writer's credit; it goes on when every open reader (at least one) has passed the oldest
 * segments by far enough, of which the oldest is then deleted. The writer may be ahead of {@code
 * kept} by its credit only.
 *
 * <p>Where the folder says so the spool is cut instead: the oldest segment is also deleted when
 * nobody reads, or when who reads has taken nothing for the folder's patience. A reader whose bytes
 * were cut goes on at the oldest that are there.
 */
public final class Spool {
  /**
   * So many segments stay behind a reader: it has been given them, but when its connection breaks
   * they may not have arrived, and its next call begins with them.
   */
  private static final int KEPT_BEHIND = 4;

  private final SpoolFolder folder;
  private final String name;
  private final Runnable onKept;
  private final SegmentWriter writer;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final SpoolReaders readers;
  private long written;
  private long oldest;
  private volatile boolean diskRefused;
  private boolean ended;
  private boolean discarded;
  private long lastSign;
  private boolean cutAwaited;
  private @Nullable AtollException failure;

  Spool(SpoolFolder folder, String name, Runnable onKept) {
    this.folder = folder;
    this.name = name;
    this.onKept = onKept;
    this.writer = new SegmentWriter(folder, name);
    this.readers = new SpoolReaders(folder.patience());
  }

  /** Goes on with what a process that died has kept. */
  void resume(SpoolFolder.Kept kept) {
    oldest = kept.oldest();
    written = kept.written();
    writer.resume(written);
  }

  /**
   * Appends bytes. Only one thread at a time may call this. When the disk refuses them the spool
   * fails: readers get an error where the bytes are missing, and nothing more is kept.
   */
  public void append(ByteBuffer bytes) {
    int count = bytes.remaining();
    if (count == 0 || isClosed()) {
      return;
    }
    try {
      writer.write(bytes);
    } catch (IOException refused) {
      diskRefused = true;
      fail(
          new AtollException(
              ErrorCode.RESOURCE_EXHAUSTED,
              "the worker's disk could not take the output: free space on it, then run again",
              refused));
      return;
    }
    lock.lock();
    try {
      written += count;
      lastSign = System.nanoTime();
      if (folder.patience().isPresent()) {
        drop();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    onKept.run();
  }

  /** Whether the disk could not take all of it. */
  public boolean isRefused() {
    return diskRefused;
  }

  /** Says that no byte will follow. Idempotent; called by the thread that appends, or after it. */
  public void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    closeWriter();
    onKept.run();
  }

  /** Ends the spool with an error that readers get at its end. What was read before stands. */
  public void fail(AtollException reason) {
    lock.lock();
    try {
      if (!ended && failure == null) {
        failure = reason;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    closeWriter();
  }

  /** Whether it keeps no more bytes, although the stream goes on. */
  public boolean hasFailed() {
    lock.lock();
    try {
      return failure != null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Opens a reader.
   *
   * @param offset where it begins, zero or more; beyond the end it waits there
   * @throws AtollException FAILED_PRECONDITION when the offset's bytes were dropped, and the spool
   *     is none that is cut
   */
  public SpoolReader open(long offset) {
    lock.lock();
    try {
      if (discarded) {
        throw AtollException.notFound("the output is not kept any more");
      }
      if (offset < oldest && folder.patience().isEmpty()) {
        throw new AtollException(
            ErrorCode.FAILED_PRECONDITION,
            ("offset %d: the output below %d was dropped, because a stream keeps at most %d bytes;"
                    + " read from offset %d or later")
                .formatted(offset, oldest, folder.limit(), oldest));
      }
      SpoolReader reader = new SpoolReader(this, offset);
      readers.add(reader);
      return reader;
    } finally {
      lock.unlock();
    }
  }

  /** How far the bytes are safe here; the writer may forget them. It only grows. */
  public long kept() {
    lock.lock();
    try {
      return Math.min(written, oldest + folder.limit());
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes were appended. */
  public long written() {
    lock.lock();
    try {
      return written;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Blocks until the stream is over (ended or failed), or until nothing has come for {@link
   * SpoolFolder#QUIET} although it could: of use once the process has exited whose children may
   * hold the stream open for ever.
   */
  public void awaitOverOrQuiet() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      lastSign = System.nanoTime();
      while (failure == null && !ended && (isHeldBack() || quietNanos() > 0)) {
        if (isHeldBack()) {
          changed.await();
        } else {
          boolean _ = changed.await(quietNanos(), TimeUnit.NANOSECONDS);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Refuses new readers; deletes the files once the open ones are done. Idempotent. */
  public void discard() {
    lock.lock();
    try {
      discarded = true;
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    closeWriter();
    deleteIfUnused();
  }

  /**
   * Waits until there is something at the reader's position.
   *
   * @return the offset up to which it may read; empty when the stream is over
   */
  Optional<Long> awaitBytes(SpoolReader reader) throws InterruptedException {
    lock.lockInterruptibly();
    reader.waiting(true);
    try {
      reader.notBefore(oldest);
      while (written <= reader.position()) {
        if (failure != null) {
          throw failure;
        }
        if (ended) {
          if (reader.position() > written) {
            throw AtollException.invalid(
                "offset %d: the stream has ended after %d bytes", reader.position(), written);
          }
          return Optional.empty();
        }
        changed.await();
      }
      return Optional.of(written);
    } finally {
      reader.waiting(false);
      lock.unlock();
    }
  }

  /** Hears that a reader has done with what it was given last. */
  void moved(SpoolReader reader) {
    lock.lock();
    try {
      reader.waiting(false);
    } finally {
      lock.unlock();
    }
    collect();
  }

  void closed(SpoolReader reader) {
    lock.lock();
    try {
      readers.remove(reader);
    } finally {
      lock.unlock();
    }
    collect();
    deleteIfUnused();
  }

  /** Whether the bytes at an offset are gone. */
  boolean isDropped(long offset) {
    lock.lock();
    try {
      return offset < oldest;
    } finally {
      lock.unlock();
    }
  }

  /** Drops what the limit wants gone and nobody waits for. */
  void collect() {
    boolean grown;
    lock.lock();
    try {
      grown = drop();
    } finally {
      lock.unlock();
    }
    if (grown) {
      onKept.run();
    }
  }

  /** Drops segments that the limit wants gone and that nobody waits for; whether there were any. */
  private boolean drop() {
    long before = oldest;
    long behind = (1 + KEPT_BEHIND) * segmentBytes();
    while (isHeldBack() && readers.passed() >= oldest + behind) {
      delete(oldest / segmentBytes());
      oldest += segmentBytes();
    }
    if (oldest > before) {
      lastSign = System.nanoTime();
      changed.signalAll();
    }
    if (isHeldBack() && folder.patience().isPresent() && !cutAwaited) {
      cutAwaited = true;
      CompletableFuture.delayedExecutor(
              folder.patience().get().toNanos(),
              TimeUnit.NANOSECONDS,
              late -> Thread.ofVirtual().start(late))
          .execute(this::cutLate);
    }
    return oldest > before;
  }

  /** Nobody may have called since the patience with a reader ended. */
  private void cutLate() {
    lock.lock();
    try {
      cutAwaited = false;
    } finally {
      lock.unlock();
    }
    collect();
  }

  SpoolFolder folder() {
    return folder;
  }

  String name() {
    return name;
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return ended || failure != null;
    } finally {
      lock.unlock();
    }
  }

  private boolean isHeldBack() {
    return written > oldest + folder.limit();
  }

  private long quietNanos() {
    return lastSign + SpoolFolder.QUIET.toNanos() - System.nanoTime();
  }

  private long segmentBytes() {
    return folder.segmentBytes();
  }

  private void closeWriter() {
    try {
      writer.close();
    } catch (IOException lost) {
      // Nothing is buffered in the channel: what was written stays readable.
    }
  }

  private void deleteIfUnused() {
    lock.lock();
    try {
      if (discarded && readers.isEmpty()) {
        for (long index = oldest / segmentBytes(); index * segmentBytes() < written; index++) {
          delete(index);
        }
        oldest = written;
      }
    } finally {
      lock.unlock();
    }
  }

  private void delete(long index) {
    try {
      Files.deleteIfExists(folder.segment(name, index));
    } catch (IOException left) {
      // The folder's owner clears it at its next start.
    }
  }
}
