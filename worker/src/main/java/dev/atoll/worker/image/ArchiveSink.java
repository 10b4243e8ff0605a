package dev.atoll.worker.image;

import com.google.protobuf.ByteString;
import dev.atoll.images.Progress;
import dev.atoll.protocol.worker.ExportedPart;
import dev.atoll.worker.calls.Sink;
import java.io.BufferedOutputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** Sends an archive, and what is being done for it. Thread-safe. */
final class ArchiveSink implements Progress {
  private static final int CHUNK = 256 << 10;

  private final Sink<ExportedPart> sink;

  ArchiveSink(Sink<ExportedPart> sink) {
    this.sink = sink;
  }

  /**
   * A stream of the archive's bytes; what isn't flushed isn't sent. Writing waits for the client.
   */
  OutputStream bytes() {
    return new BufferedOutputStream(
        new OutputStream() {
          @Override
          public void write(int value) throws InterruptedIOException {
            write(new byte[] {(byte) value}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws InterruptedIOException {
            try {
              for (int done = 0; done < length; done += CHUNK) {
                int size = Math.min(CHUNK, length - done);
                ByteString data = ByteString.copyFrom(bytes, offset + done, size);
                send(ExportedPart.newBuilder().setData(data).build());
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              throw new InterruptedIOException("the export was given up");
            }
          }
        },
        CHUNK);
  }

  @Override
  public void step(String line) {
    try {
      send(ExportedPart.newBuilder().setStep(line).build());
    } catch (InterruptedException e) {
      // Whoever works for the export sees it, too.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void log(String text) {
    // Nothing that is exported has a log.
  }

  private synchronized void send(ExportedPart part) throws InterruptedException {
    sink.send(part);
  }
}
