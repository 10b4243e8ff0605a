package dev.atoll.worker.image;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Progress;
import dev.atoll.protocol.worker.ImageProgress;
import dev.atoll.worker.calls.DiskFull;
import dev.atoll.worker.calls.Sink;
import dev.atoll.worker.spool.Spool;
import dev.atoll.worker.spool.SpoolInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One piece of work on an image and everything that it has reported. Thread-safe. */
final class ImageJob implements Progress, Runnable {
  private static final Logger log = LoggerFactory.getLogger(ImageJob.class);

  /** So much text of one job is kept; a build that says more is cut, and says so. */
  private static final long MOST_LOG_CHARACTERS = 64L << 20;

  private final ImageWork work;
  private final Spool events;
  private long logged;

  ImageJob(ImageWork work, Spool events) {
    this.work = work;
    this.events = events;
  }

  @Override
  public void run() {
    try {
      report(work.run(this));
      events.end();
    } catch (IOException | InterruptedException | RuntimeException failure) {
      events.fail(explain(failure));
    }
  }

  /** Sends everything from the beginning to the end of the work. */
  void follow(Sink<ImageProgress> sink) throws IOException, InterruptedException {
    try (InputStream stream = new SpoolInputStream(events.open(0))) {
      while (true) {
        Optional<ImageProgress> event =
            Optional.ofNullable(ImageProgress.parseDelimitedFrom(stream));
        if (event.isEmpty()) {
          return;
        }
        sink.send(event.get());
      }
    }
  }

  void discard() {
    events.discard();
  }

  @Override
  public void step(String line) {
    report(ImageProgress.newBuilder().setStep(line).build());
  }

  @Override
  public void log(String text) {
    if (text.isEmpty() || !fits(text)) {
      return;
    }
    report(ImageProgress.newBuilder().setLog(text).build());
  }

  private synchronized boolean fits(String text) {
    boolean before = logged <= MOST_LOG_CHARACTERS;
    logged += text.length();
    boolean now = logged <= MOST_LOG_CHARACTERS;
    if (before && !now) {
      step(
          "the log is longer than %d characters: the rest is left out"
              .formatted(MOST_LOG_CHARACTERS));
    }
    return now;
  }

  private synchronized void report(ImageProgress event) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      event.writeDelimitedTo(bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    events.append(ByteBuffer.wrap(bytes.toByteArray()));
  }

  private static AtollException explain(Exception failure) {
    return switch (failure) {
      case AtollException expected -> expected;
      case InterruptedException _, InterruptedIOException _, ClosedByInterruptException _ ->
          new AtollException(
              ErrorCode.UNAVAILABLE, "the work was given up: the worker is stopping");
      case IOException full when DiskFull.explain(full).isPresent() -> DiskFull.explain(full).get();
      default -> {
        log.error("work on an image failed", failure);
        yield new AtollException(
            ErrorCode.INTERNAL,
            "this host could not finish the work on the image; the worker's log has the details",
            failure);
      }
    };
  }
}
