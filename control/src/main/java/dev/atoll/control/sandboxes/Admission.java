package dev.atoll.control.sandboxes;

import dev.atoll.control.sandboxes.AdmissionRules.Demand;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets sandboxes in while the host has what they request. Those that come later wait in one queue;
 * nobody overtakes, so that a large one gets its turn. Thread-safe.
 */
final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);
  private static final int ADMITTED = -1;

  private final AdmissionRules rules;
  private final Demand capacity;
  private final List<Waiting> queue = new ArrayList<>();
  private Demand taken = Demand.NOTHING;
  private boolean closed;

  Admission(AdmissionRules rules, Demand capacity) {
    this.rules = rules;
    this.capacity = capacity;
  }

  /** A sandbox's place on the host. */
  final class Place {
    private final Demand demand;
    private final AtomicBoolean left = new AtomicBoolean();

    private Place(Demand demand) {
      this.demand = demand;
    }

    /** Gives it back; only the first time counts. */
    void leave() {
      if (left.compareAndSet(false, true)) {
        giveBack(demand);
      }
    }
  }

  private record Waiting(Demand demand, CompletableFuture<Place> admitted) {}

  /** A place for a sandbox that is there already, also when there is no room for it. */
  synchronized Place take(Demand demand) {
    taken = taken.plus(demand);
    return new Place(demand);
  }

  /**
   * A place for a new sandbox; empty when it has to wait for others.
   *
   * @throws AtollException INVALID_ARGUMENT for what never fits, UNAVAILABLE when this is closed
   */
  synchronized Optional<Place> enterNow(Demand demand) {
    checkOpen();
    if (!demand.isWithin(capacity)) {
      throw AtollException.invalid(
          "the sandbox requests %s, but all sandboxes of this host together can have %s",
          demand, capacity);
    }
    return queue.isEmpty() && fits(demand) ? Optional.of(take(demand)) : Optional.empty();
  }

  /**
   * A place for a new sandbox; waits for its turn.
   *
   * @param hungUp completes when nobody wants the sandbox any more
   * @throws AtollException as {@link #enterNow}, RESOURCE_EXHAUSTED when the queue is full, or the
   *     time is over before it is this one's turn, CANCELLED when nobody wants it any more
   */
  Place enter(Demand demand, CompletableFuture<?> hungUp) throws InterruptedException {
    Waiting waiting;
    synchronized (this) {
      Optional<Place> now = enterNow(demand);
      if (now.isPresent()) {
        return now.get();
      }
      if (queue.size() >= rules.queueLength()) {
        throw full(queue.size() + 1, "the queue is full");
      }
      waiting = new Waiting(demand, new CompletableFuture<>());
      queue.add(waiting);
      if (queue.size() == 1) {
        LOG.info("creates wait: sandboxes have {} of {}", taken, capacity);
      }
    }
    try {
      CompletableFuture.anyOf(waiting.admitted(), hungUp)
          .get(rules.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException over) {
      LOG.debug("a create waits no longer", over);
    } catch (InterruptedException interrupted) {
      if (withdraw(waiting) == ADMITTED) {
        admitted(waiting).leave();
      }
      throw interrupted;
    }
    int index = withdraw(waiting);
    if (index == ADMITTED) {
      return admitted(waiting);
    }
    if (hungUp.isDone()) {
      throw new AtollException(
          ErrorCode.CANCELLED, "the client hung up while its create waited for room");
    }
    throw full(index + 1, "it waited for %d s".formatted(rules.patience().toSeconds()));
  }

  /** Where in the queue it was, which it leaves; {@link #ADMITTED} when it is in none any more. */
  private synchronized int withdraw(Waiting waiting) {
    int index = queue.indexOf(waiting);
    if (index != ADMITTED) {
      queue.remove(index);
      letIn();
    }
    return index;
  }

  private static Place admitted(Waiting waiting) {
    try {
      return waiting.admitted().join();
    } catch (CompletionException refused) {
      throw refused.getCause() instanceof AtollException reason ? reason : refused;
    }
  }

  /** How many wait. */
  synchronized int waiting() {
    return queue.size();
  }

  /** What those have that were let in. */
  synchronized Demand taken() {
    return taken;
  }

  /** Lets nobody in any more: who waits is told UNAVAILABLE. */
  synchronized void close() {
    closed = true;
    queue.forEach(waiting -> waiting.admitted().completeExceptionally(stopping()));
    queue.clear();
  }

  private synchronized void giveBack(Demand demand) {
    taken = taken.minus(demand);
    letIn();
  }

  private void letIn() {
    while (!queue.isEmpty() && fits(queue.getFirst().demand())) {
      Waiting next = queue.removeFirst();
      next.admitted().complete(take(next.demand()));
    }
  }

  private boolean fits(Demand demand) {
    return taken.plus(demand).isWithin(capacity);
  }

  private void checkOpen() {
    if (closed) {
      throw stopping();
    }
  }

  private static AtollException stopping() {
    return new AtollException(ErrorCode.UNAVAILABLE, "the server is stopping");
  }

  /** One second for each sandbox that was ahead: they come back, too. */
  private AtollException full(int place, String why) {
    Duration retry = Duration.ofSeconds(Math.min(place, LONGEST_RETRY.toSeconds()));
    return AtollException.exhausted(
        ("the host is full: its sandboxes have %s of the %s that may be requested; %s, with place %d"
                + " in the queue. Try again in %d s, end sandboxes that nobody needs, or request"
                + " less")
            .formatted(taken, capacity, why, place, retry.toSeconds()),
        retry);
  }
}
