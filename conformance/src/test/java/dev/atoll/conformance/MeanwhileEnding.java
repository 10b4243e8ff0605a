package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Sandboxes that end while no server runs. */
final class MeanwhileEnding {
  private static final Duration LIFE = Duration.ofSeconds(2);
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private final Sandbox exits;
  private final Sandbox expires;
  private final Sandbox idles;
  private final long created;

  MeanwhileEnding(Atoll atoll) {
    App app = atoll.apps().fromName("survivors", options -> options.createIfMissing(true));
    Image tiny = atoll.images().fromRegistry("tiny:1");
    idles =
        atoll.sandboxes().create(app, tiny, options -> options.idleTimeout(Duration.ofSeconds(5)));
    exits =
        atoll
            .sandboxes()
            .create(
                app,
                tiny,
                options ->
                    options.command("sh", "-c", "sleep 2; echo last words; echo err >&2; exit 5"));
    expires =
        atoll
            .sandboxes()
            .create(app, tiny, options -> options.timeout(LIFE).command("sleep", "600"));
    assertThat(exits.poll()).isEmpty();
    assertThat(expires.poll()).isEmpty();
    created = System.nanoTime();
  }

  /** Waits until they must have ended; no server runs by now. */
  void awaitEnds() throws InterruptedException {
    Duration since = Duration.ofNanos(System.nanoTime() - created);
    Thread.sleep(Math.max(0, LIFE.plus(MARGIN).minus(since).toMillis()));
  }

  /** The next server knows how they ended and what they said. */
  void areTold() throws IOException {
    assertThat(exits.waitFor(Duration.ofSeconds(5))).hasValue(5);
    assertThat(new String(exits.stdout().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("last words\n");
    assertThat(new String(exits.stderr().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("err\n");
    assertThat(expires.waitFor(Duration.ofSeconds(5))).as("its lifetime was over").hasValue(124);
    assertThat(idles.waitFor(Duration.ofSeconds(20))).as("it is idle").isPresent();
  }
}
