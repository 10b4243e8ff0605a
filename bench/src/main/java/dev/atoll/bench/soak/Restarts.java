package dev.atoll.bench.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends the server at random moments, in random ways, and starts the next one. */
final class Restarts implements Runnable {
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(2);
  private static final Duration LONGEST_LIFE = Duration.ofSeconds(12);
  private static final Duration USUAL_GAP = Duration.ofMillis(1500);
  private static final Duration LONG_GAP = Duration.ofSeconds(6);

  private final SoakServer server;
  private final Gaps gaps;
  private final Tally tally;
  private final Random random;
  private final CountDownLatch stop = new CountDownLatch(1);

  Restarts(SoakServer server, Gaps gaps, Tally tally, Random random) {
    this.server = server;
    this.gaps = gaps;
    this.tally = tally;
    this.random = random;
  }

  /** Lets the present server live on; {@link #run} returns soon. */
  void stop() {
    stop.countDown();
  }

  @Override
  public void run() {
    try {
      while (!stop.await(between(SHORTEST_LIFE, LONGEST_LIFE), TimeUnit.MILLISECONDS)) {
        if (!server.isAlive()) {
          tally.violated("the server ended by itself; the next one goes on");
        }
        gaps.begins();
        once();
        gaps.ends();
      }
    } catch (Violation violation) {
      tally.violated(violation);
    } catch (IOException | InterruptedException failure) {
      tally.violated("the soak itself: " + failure);
    }
  }

  private void once() throws IOException, InterruptedException, Violation {
    if (random.nextInt(5) < 3) {
      server.kill();
      tally.done("server killed");
    } else {
      server.handOver();
      tally.done("server handed over");
    }
    TimeUnit.MILLISECONDS.sleep(
        between(Duration.ZERO, random.nextInt(5) == 0 ? LONG_GAP : USUAL_GAP));
    server.launchNext();
    if (random.nextInt(5) == 0) {
      TimeUnit.MILLISECONDS.sleep(between(Duration.ofMillis(300), Duration.ofSeconds(4)));
      server.kill();
      tally.done("server killed while it started");
      server.launchNext();
    }
    server.awaitStart();
  }

  private long between(Duration least, Duration most) {
    return random.nextLong(least.toMillis(), most.toMillis() + 1);
  }
}
