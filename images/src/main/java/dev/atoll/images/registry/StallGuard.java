package dev.atoll.images.registry;

import dev.atoll.images.oci.TransferException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends transfers that stop moving, or move slower than a byte count in each period: the JDK's
 * client waits for a body for ever.
 */
final class StallGuard implements AutoCloseable {
  /** Slower than this, a transfer counts as stopped: a layer of 100 MB would take a day. */
  private static final long LEAST_BYTES_PER_SECOND = 1024;

  private final Duration period;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("registry-stall-guard").factory());

  StallGuard(Duration period) {
    this.period = period;
  }

  InputStream guard(InputStream stream) {
    return new Guarded(stream);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private final class Guarded extends FilterInputStream {
    private final ScheduledFuture<?> check;
    private volatile long count;
    private volatile boolean waiting;
    private volatile boolean stalled;
    private long before;

    Guarded(InputStream stream) {
      super(stream);
      check =
          timer.scheduleAtFixedRate(
              this::check, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A reader that doesn't read is busy: only a read that waits for the other side counts. */
    private void check() {
      if (waiting && count - before < LEAST_BYTES_PER_SECOND * period.toSeconds()) {
        stalled = true;
        try {
          in.close();
        } catch (IOException e) {
          // The reader sees the failure.
          return;
        }
      }
      before = count;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // One reader; the timer only looks.
    public int read(byte[] bytes, int offset, int length) throws IOException {
      waiting = true;
      try {
        int read = super.read(bytes, offset, length);
        if (stalled) {
          throw new IOException("stalled");
        }
        count += Math.max(0, read);
        return read;
      } catch (IOException e) {
        if (stalled) {
          throw new TransferException(
              "the registry sent less than %d bytes in %d s"
                  .formatted(LEAST_BYTES_PER_SECOND * period.toSeconds(), period.toSeconds()),
              e);
        }
        throw new TransferException("the transfer broke off: " + e.getMessage(), e);
      } finally {
        waiting = false;
      }
    }

    @Override
    public void close() throws IOException {
      check.cancel(false);
      super.close();
    }
  }
}
