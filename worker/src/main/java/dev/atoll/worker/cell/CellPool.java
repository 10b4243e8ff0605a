package dev.atoll.worker.cell;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellException;
import dev.atoll.cells.CellHost;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blank cells that were booted before anybody asked, parked until somebody does. Any image starts
 * from them, so there is one pool for all.
 *
 * <p>One thread keeps the pool full: in quiet times it spends a part of one core on that, which
 * gives way to everything else, and when creates have emptied half of the pool it boots as fast as
 * it can. It empties the pool when the host's memory is short, and replaces cells that waited too
 * long or don't answer. A cell leaves the pool once, for a claim or for its end; it never comes
 * back. Thread-safe.
 */
public final class CellPool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CellPool.class);
  private static final Duration HEARTBEAT_LIMIT = Duration.ofSeconds(5);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);

  private final CellHost host;
  private final PoolSettings settings;
  private final AvailableMemory memory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Thread keeper;
  private boolean demanded;
  private boolean closed;

  /** A cell that waits, since when, and when it last answered. */
  private record Waiting(Cell cell, long since, long heardOf) {
    Waiting heardOf(long now) {
      return new Waiting(cell, since, now);
    }
  }

  /**
   * A blank cell.
   *
   * @param cell runs, and is the caller's to destroy
   * @param pooled whether it waited in the pool, rather than being booted for this caller
   */
  public record Taken(Cell cell, boolean pooled) {}

  /** A pool that fills itself in the background. */
  public CellPool(CellHost host, PoolSettings settings, AvailableMemory memory) {
    this.host = host;
    this.settings = settings;
    this.memory = memory;
    this.keeper = Thread.ofPlatform().name("atoll-pool").daemon().unstarted(this::keep);
    if (settings.size() > 0) {
      keeper.start();
    }
  }

  /**
   * A waiting cell, or else one that is booted now. Call it on a platform thread: it blocks in
   * system calls, for about a millisecond or for a boot.
   *
   * @throws CellException when no cell can be booted
   */
  public Taken take() throws CellException, InterruptedException {
    Optional<Cell> found = poll();
    while (found.isPresent()) {
      Cell cell = found.get();
      try {
        cell.unpark();
        if (!cell.ended().isDone()) {
          taken();
          return new Taken(cell, true);
        }
      } catch (CellException dead) {
        log.debug("the waiting cell {} is gone", cell.id(), dead);
      }
      cell.destroy();
      found = poll();
    }
    taken();
    return boot();
  }

  /**
   * One that is booted now, whether others wait or not. Call it on a platform thread, as {@link
   * #take}.
   *
   * @throws CellException when no cell can be booted
   */
  Taken boot() throws CellException, InterruptedException {
    return new Taken(host.boot(), false);
  }

  /** How many cells wait now. */
  public int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Boots no more, and destroys what waits. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    keeper.interrupt();
    try {
      keeper.join();
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
    drain().parallelStream().forEach(Cell::destroy);
  }

  private void taken() {
    lock.lock();
    try {
      // The next create may follow at once: half a pool is a reason to hurry.
      demanded |= 2 * waiting.size() < settings.size();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Optional<Cell> poll() {
    lock.lock();
    try {
      return Optional.ofNullable(waiting.pollFirst()).map(Waiting::cell);
    } finally {
      lock.unlock();
    }
  }

  private List<Cell> drain() {
    lock.lock();
    try {
      List<Cell> cells = waiting.stream().map(Waiting::cell).toList();
      waiting.clear();
      return cells;
    } finally {
      lock.unlock();
    }
  }

  private void keep() {
    try {
      while (true) {
        try {
          step();
        } catch (RuntimeException defect) {
          // A pool that nobody keeps any more would only look like one.
          log.error("keeping the pool failed unexpectedly; it goes on", defect);
          pause(PAUSE_AFTER_FAILURE);
        }
      }
    } catch (InterruptedException closing) {
      log.debug("the pool is closed", closing);
    }
  }

  private void step() throws InterruptedException {
    if (memory.bytes() < settings.memoryReserveBytes()) {
      drain().forEach(Cell::destroy);
      pause(settings.checkEvery());
    } else if (isMissing()) {
      add();
    } else {
      check();
      awaitNeed();
    }
  }

  private boolean isMissing() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (waiting.size() >= settings.size()) {
        demanded = false;
      }
      return waiting.size() < settings.size();
    } finally {
      lock.unlock();
    }
  }

  private void add() throws InterruptedException {
    long start = System.nanoTime();
    try {
      Cell cell = isDemanded() ? host.boot() : host.bootInBackground();
      try {
        cell.park();
      } catch (CellException dead) {
        cell.destroy();
        throw dead;
      }
      long now = System.nanoTime();
      if (!offer(new Waiting(cell, now, now))) {
        cell.destroy();
        throw new InterruptedException("closed");
      }
      rest(Duration.ofNanos(now - start));
    } catch (CellException failure) {
      log.warn("no cell can be booted for the pool: {}", failure.getMessage());
      pause(PAUSE_AFTER_FAILURE);
    }
  }

  /** Creates have emptied the pool, so that the next one may have to wait for this very boot. */
  private boolean isDemanded() {
    lock.lock();
    try {
      return demanded;
    } finally {
      lock.unlock();
    }
  }

  private boolean offer(Waiting cell) {
    lock.lock();
    try {
      if (!closed) {
        waiting.addLast(cell);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** A boot of so long uses about one core: with the rest after it the share is the configured. */
  private void rest(Duration boot) throws InterruptedException {
    long nanos = (long) (boot.toNanos() * (1 / settings.cpuShare() - 1));
    lock.lockInterruptibly();
    try {
      while (nanos > 0 && !demanded) {
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration time) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = time.toNanos();
      while (nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitNeed() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = settings.checkEvery().toNanos();
      while (nanos > 0 && waiting.size() >= settings.size()) {
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes those out that are due, so that nobody gets them meanwhile, and puts the good ones back.
   */
  private void check() throws InterruptedException {
    for (Waiting due : takeDue(System.nanoTime())) {
      boolean old = System.nanoTime() - due.since() > settings.oldest().toNanos();
      if (!old && answers(due.cell()) && offer(due.heardOf(System.nanoTime()))) {
        continue;
      }
      due.cell().destroy();
    }
  }

  private List<Waiting> takeDue(long now) {
    List<Waiting> due = new ArrayList<>();
    lock.lock();
    try {
      for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
        Waiting one = all.next();
        boolean silent = now - one.heardOf() > settings.heartbeat().toNanos();
        if (silent || one.cell().ended().isDone()) {
          due.add(one);
          all.remove();
          // One at a time: the pool must not be empty because it is being looked after.
          break;
        }
      }
    } finally {
      lock.unlock();
    }
    return due;
  }

  private static boolean answers(Cell cell) throws InterruptedException {
    try {
      cell.unpark();
      cell.ping(HEARTBEAT_LIMIT);
      cell.park();
      return true;
    } catch (IOException silent) {
      log.info("the waiting cell {} is replaced: {}", cell.id(), silent.getMessage());
      return false;
    } catch (InterruptedException closing) {
      cell.destroy();
      throw closing;
    }
  }
}
