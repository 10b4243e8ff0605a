package dev.atoll.cells.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends frames over one connection, from a thread of its own, so that whoever queues one never
 * waits for an agent that doesn't read. What one connection had queued is lost with it; the link
 * says again what the agent doesn't know.
 */
final class FrameWriter {
  /**
   * Far beyond what a well-behaved agent leaves unread: acknowledgements, signals and stdin
   * windows.
   */
  private static final long MOST_QUEUED = 64L << 20;

  private static final int MOST_BATCH = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<ByteBuffer> queue = new ArrayDeque<>();
  private final GatheringByteChannel channel;
  private long queued;
  private boolean closed;

  FrameWriter(GatheringByteChannel channel) {
    this.channel = channel;
  }

  /**
   * Queues frames, which are sent together when possible.
   *
   * @return false when the connection is closed, or the agent has left too much unread
   */
  boolean send(ByteBuffer... frames) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      for (ByteBuffer frame : frames) {
        queue.add(frame);
        queued += frame.remaining();
      }
      changed.signal();
      return queued <= MOST_QUEUED;
    } finally {
      lock.unlock();
    }
  }

  /** Sends what is queued until {@link #close()} or until the connection fails. */
  void run() {
    try {
      List<ByteBuffer> batch = take();
      while (!batch.isEmpty()) {
        ByteBuffer[] frames = batch.toArray(ByteBuffer[]::new);
        ByteBuffer last = frames[frames.length - 1];
        while (last.hasRemaining()) {
          channel.write(frames);
        }
        batch = take();
      }
    } catch (IOException e) {
      // The reader meets the same end and knows what to do.
      close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
    }
  }

  /** Refuses further frames and lets {@link #run} return. */
  void close() {
    lock.lock();
    try {
      closed = true;
      queue.clear();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private List<ByteBuffer> take() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed) {
        changed.await();
      }
      List<ByteBuffer> batch = new ArrayList<>();
      while (batch.size() < MOST_BATCH && !queue.isEmpty()) {
        ByteBuffer frame = queue.remove();
        queued -= frame.remaining();
        batch.add(frame);
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }
}
