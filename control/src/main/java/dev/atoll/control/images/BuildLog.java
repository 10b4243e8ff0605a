package dev.atoll.control.images;

import dev.atoll.control.store.ImageTable;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The log of one build. It keeps the last million characters; positions count from the log's first
 * character, so that a reader can resume and notices what was dropped. Thread-safe.
 */
final class BuildLog {
  private static final int CAPACITY = 1_000_000;
  private static final int PIECE = 64 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final StringBuilder text = new StringBuilder();
  private long start;
  private boolean finished;
  private boolean abandoned;

  /**
   * A piece of log.
   *
   * @param text the piece; it says itself when something before it was dropped
   * @param end the position after it
   * @param last whether nothing comes after it
   */
  record Piece(String text, long end, boolean last) {}

  /** Adds text. */
  void append(String more) {
    lock.lock();
    try {
      text.append(more);
      int excess = text.length() - CAPACITY;
      if (excess > 0) {
        text.delete(0, excess);
        start += excess;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the log. */
  void finish() {
    lock.lock();
    try {
      finished = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing will come here any more, although the build has not ended: {@link #read} says so. */
  void abandon() {
    lock.lock();
    try {
      abandoned = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it has ended, or the time is over. */
  void awaitEnd(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (!finished && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** What is there, for the store. */
  ImageTable.Log kept() {
    lock.lock();
    try {
      return new ImageTable.Log(start, text.toString());
    } finally {
      lock.unlock();
    }
  }

  /**
   * What follows a position; waits for it, and returns an empty piece when nothing came in time.
   *
   * @throws AtollException UNAVAILABLE when the log was abandoned
   */
  Piece read(long position, Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (start + text.length() <= position && !finished && !abandoned && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (abandoned) {
        throw new AtollException(
            ErrorCode.UNAVAILABLE,
            "the server stops and leaves its builds to the next one: ask that");
      }
      Piece piece = piece(new ImageTable.Log(start, text.toString()), position);
      return new Piece(piece.text(), piece.end(), piece.last() && finished);
    } finally {
      lock.unlock();
    }
  }

  /** What follows a position in a finished build's log. */
  static Piece piece(ImageTable.Log log, long position) {
    long from = Math.clamp(position, log.start(), log.start() + log.text().length());
    int index = (int) (from - log.start());
    int length = Math.min(PIECE, log.text().length() - index);
    String piece = log.text().substring(index, index + length);
    if (position < log.start()) {
      piece = "[%d characters of log were dropped]\n".formatted(log.start() - position) + piece;
    }
    return new Piece(piece, from + length, index + length == log.text().length());
  }
}
