package dev.atoll.bench.soak;

import dev.atoll.sdk.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Makes one sandbox after the other, until it is told to stop. */
final class Worker implements Runnable {
  private static final int MOST_STEPS = 12;

  /** A tag of all sandboxes: which worker has made them. */
  static final String TAG = "worker";

  private final World world;
  private final String name;
  private final Random random;
  private final List<Ending> firstEndings;
  private final AtomicBoolean stop = new AtomicBoolean();
  private volatile Doing doing = new Doing("nothing", Instant.now());
  private volatile @Nullable Thread thread;
  private int sessions;

  /** What a worker does at present. */
  record Doing(String what, Instant since) {}

  /**
   * Creates one.
   *
   * @param name no other worker's
   * @param firstEndings for each of them a session that takes every step once; then random ones
   */
  Worker(World world, String name, Random random, List<Ending> firstEndings) {
    this.world = world;
    this.name = name;
    this.random = random;
    this.firstEndings = firstEndings;
  }

  /** It ends its present sandbox, and then itself. */
  void stop() {
    stop.set(true);
  }

  /** What it has been doing for longer than the given time, if anything, and where it waits. */
  Optional<String> stuckFor(Duration limit) {
    Doing now = doing;
    Thread running = thread;
    if (running == null || now.since.plus(limit).isAfter(Instant.now())) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder(now.what + " has taken longer than " + limit);
    for (StackTraceElement frame : running.getStackTrace()) {
      text.append("\n    ").append(frame);
    }
    return Optional.of(text.toString());
  }

  /** Has it give up what it does. */
  void interrupt() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    try {
      for (Ending ending : firstEndings) {
        session(ending, true);
      }
      while (!stop.get()) {
        session(Ending.values()[random.nextInt(Ending.values().length)], false);
      }
    } catch (RuntimeException | Error defect) {
      world.client().tally().violated("worker " + name + " in " + doing.what + ": " + defect);
    } finally {
      thread = null;
    }
  }

  private void session(Ending ending, boolean everyStep) {
    String unique = name + "-" + sessions++;
    doing("create of " + unique + ", " + ending);
    String id = unique;
    @Nullable Session session = null;
    try {
      session = Session.start(world, random, ending, name, unique);
      id = session.sandbox().id();
      if (!ending.comesByItself()) {
        steps(session, everyStep);
      }
      doing("end of " + id + ", " + ending);
      session.end();
    } catch (Violation violation) {
      violated(id, ending, violation);
      abandon(session);
    } catch (InterruptedException stopped) {
      abandon(session);
    }
    sweep();
  }

  private void steps(Session session, boolean everyStep) throws Violation, InterruptedException {
    if (everyStep) {
      for (Step step : Steps.ALL) {
        take(step, session);
      }
      return;
    }
    for (int left = random.nextInt(MOST_STEPS); left > 0 && !stop.get(); left--) {
      take(Steps.random(random), session);
    }
  }

  private void take(Step step, Session session) throws Violation, InterruptedException {
    doing(step.name() + " in " + session.sandbox().id());
    step.action().take(session);
    world.client().tally().done(step.name());
  }

  private void violated(String id, Ending ending, Violation violation) {
    world
        .client()
        .tally()
        .violated("%s (%s), %s: %s".formatted(id, ending, doing.what, violation.getMessage()));
  }

  private void abandon(@Nullable Session session) {
    if (session != null) {
      try {
        session.abandon();
      } catch (Violation violation) {
        violated(session.sandbox().id(), session.ending(), violation);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Creates whose answers were lost, and were repeated, have made sandboxes of nobody's. */
  private void sweep() {
    doing("sweep");
    try {
      List<Sandbox> left =
          world
              .client()
              .repeat(
                  "list",
                  () ->
                      world
                          .atoll()
                          .sandboxes()
                          .list(only -> only.app(world.app()).tag(TAG, name))
                          .toList());
      for (Sandbox sandbox : left) {
        world.client().run("terminate", sandbox::terminate);
        world.client().tally().done("swept");
      }
    } catch (Violation violation) {
      world.client().tally().violated("sweep: " + violation.getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void doing(String what) {
    doing = new Doing(what, Instant.now());
  }
}
