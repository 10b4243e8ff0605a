package dev.atoll.worker.task;

import dev.atoll.worker.tunnel.Activity;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Notices that nothing happens in a task any more. An activity that lasts (an exec, a tunnel's
 * connection) holds the clock; one of a moment (a write to stdin) sets it back. Thread-safe.
 */
public final class IdleClock implements Activity {
  private final ScheduledExecutorService timer;
  private final long idleNanos;
  private final Runnable onIdle;
  private int held;
  private long lastActivity;
  private boolean armed;
  private boolean stopped;

  /** A clock that stands still until {@link #start}; for ever when there is no idle timeout. */
  IdleClock(ScheduledExecutorService timer, Optional<Duration> idle, Runnable onIdle) {
    this.timer = timer;
    this.idleNanos = idle.map(Duration::toNanos).orElse(0L);
    this.onIdle = onIdle;
  }

  /** Starts the clock. */
  synchronized void start() {
    lastActivity = System.nanoTime();
    arm(idleNanos);
  }

  /** Something happened. */
  public synchronized void touch() {
    lastActivity = System.nanoTime();
  }

  @Override
  public synchronized void hold() {
    held++;
  }

  @Override
  public synchronized void release() {
    held--;
    lastActivity = System.nanoTime();
    if (held == 0) {
      arm(idleNanos);
    }
  }

  synchronized void stop() {
    stopped = true;
  }

  private void arm(long nanos) {
    if (armed || stopped || idleNanos == 0) {
      return;
    }
    try {
      var _ = timer.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
      armed = true;
    } catch (RejectedExecutionException stopping) {
      stopped = true;
    }
  }

  private void check() {
    synchronized (this) {
      armed = false;
      if (stopped || held > 0) {
        return;
      }
      long left = lastActivity + idleNanos - System.nanoTime();
      if (left > 0) {
        arm(left);
        return;
      }
      stopped = true;
    }
    onIdle.run();
  }
}
