package dev.atoll.worker.task;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.worker.TaskEnded;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells every watcher of every end: first those that nobody has forgotten, then as they happen. */
public final class EndedFeed {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, TaskEnded> remembered = new LinkedHashMap<>();
  private final Set<Watch> watches = new HashSet<>();
  private boolean closed;

  /** One watcher. Of one thread. */
  public final class Watch implements AutoCloseable {
    private final Queue<TaskEnded> ahead = new ArrayDeque<>();

    /**
     * The next end; blocks until there is one.
     *
     * @throws AtollException UNAVAILABLE when the worker has stopped and every end was told
     */
    public TaskEnded next() throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (ahead.isEmpty()) {
          if (closed) {
            throw new AtollException(ErrorCode.UNAVAILABLE, "the worker is stopping");
          }
          changed.await();
        }
        TaskEnded next = ahead.remove();
        changed.signalAll();
        return next;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        watches.remove(this);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Begins to watch. */
  public Watch watch() {
    lock.lock();
    try {
      Watch watch = new Watch();
      watch.ahead.addAll(remembered.values());
      watches.add(watch);
      return watch;
    } finally {
      lock.unlock();
    }
  }

  void publish(TaskEnded ended) {
    lock.lock();
    try {
      remembered.put(ended.getTaskId(), ended);
      watches.forEach(watch -> watch.ahead.add(ended));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void forget(String taskId) {
    lock.lock();
    try {
      remembered.remove(taskId);
    } finally {
      lock.unlock();
    }
  }

  /** Lets the watchers hear what they have not yet heard, at most this long, then ends them. */
  void close(long millis) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      closed = true;
      changed.signalAll();
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (left > 0 && watches.stream().anyMatch(watch -> !watch.ahead.isEmpty())) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
