package dev.atoll.server;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs each task on a virtual thread of its own; Armeria asks for a scheduled executor. Delayed
 * tasks wait on one timer thread, which only hands them over: a delayed task's future completes
 * when it was handed over, and the period of a repeated one counts from there.
 */
final class VirtualThreadExecutor extends AbstractExecutorService
    implements ScheduledExecutorService {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("atoll-door-timer").daemon().factory());

  @Override
  public void execute(Runnable command) {
    threads.execute(command);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return timer.schedule(() -> threads.execute(command), delay, unit);
  }

  /** Runs the task on the timer's thread, because its value is wanted: it must be short. */
  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return timer.schedule(callable, delay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return timer.scheduleAtFixedRate(() -> threads.execute(command), initialDelay, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return timer.scheduleWithFixedDelay(() -> threads.execute(command), initialDelay, delay, unit);
  }

  @Override
  public void shutdown() {
    timer.shutdown();
    threads.shutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    timer.shutdownNow();
    return threads.shutdownNow();
  }

  @Override
  public boolean isShutdown() {
    return threads.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return threads.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return threads.awaitTermination(timeout, unit);
  }
}
