package dev.atoll.control.sandboxes;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** An operator's wish that every sandbox ends, and with them the server. Thread-safe. */
public final class Drain {
  private final Sandboxes sandboxes;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  /** Creates it; nothing is wanted yet. */
  public Drain(Sandboxes sandboxes) {
    this.sandboxes = sandboxes;
  }

  /** Takes no new sandboxes and begins to end every one, once. Returns at once. */
  public void begin() {
    if (begun.compareAndSet(false, true)) {
      var _ = sandboxes.endAll("operator").whenComplete((nothing, defect) -> done.complete(null));
    }
  }

  /** Completes when every sandbox has ended after {@link #begin}. */
  public CompletableFuture<Void> done() {
    return done.copy();
  }

  /** Waits until it is done, at most so long; how many sandboxes have not ended then. */
  public int await(Duration patience) throws InterruptedException {
    try {
      done.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return 0;
    } catch (TimeoutException later) {
      return Math.max(1, sandboxes.count());
    } catch (ExecutionException never) {
      throw new IllegalStateException(never);
    }
  }
}
