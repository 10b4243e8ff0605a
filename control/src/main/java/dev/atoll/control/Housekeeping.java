package dev.atoll.control;

import dev.atoll.control.auth.TokenPairs;
import dev.atoll.control.images.Images;
import dev.atoll.control.sandboxes.Sandboxes;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.IdempotencyTable;
import dev.atoll.control.store.SecretTable;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes, from time to time, what nobody needs any more: old idempotency keys, ephemeral secrets,
 * output of long-ended sandboxes, digests without an image. Stores when tokens were used last.
 */
final class Housekeeping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration PERIOD = Duration.ofMinutes(5);
  private static final Duration KEYS_KEPT = Duration.ofDays(1);
  // Longer than any sandbox lives: an exec of it may still name the secret.
  private static final Duration EPHEMERAL_SECRETS_KEPT = Duration.ofDays(2);

  private final Database database;
  private final Images images;
  private final Sandboxes sandboxes;
  private final TokenPairs tokens;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("atoll-housekeeping").daemon().factory());

  Housekeeping(Database database, Images images, Sandboxes sandboxes, TokenPairs tokens) {
    this.database = database;
    this.images = images;
    this.sandboxes = sandboxes;
    this.tokens = tokens;
    var _ = timer.scheduleWithFixedDelay(this::run, 60, PERIOD.toSeconds(), TimeUnit.SECONDS);
  }

  private void run() {
    try {
      long now = Clock.now();
      database.write(
          handle ->
              IdempotencyTable.deleteBefore(handle, now - micros(KEYS_KEPT))
                  + SecretTable.deleteEphemeral(handle, now - micros(EPHEMERAL_SECRETS_KEPT)));
      tokens.storeUses();
      sandboxes.forgetOldOutput();
      sandboxes.forgetOldEnds();
      images.collect();
    } catch (RuntimeException failure) {
      LOG.warn("housekeeping failed; it is tried again in {} min", PERIOD.toMinutes(), failure);
    }
  }

  private static long micros(Duration duration) {
    return TimeUnit.MICROSECONDS.convert(duration);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
