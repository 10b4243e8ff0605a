package dev.atoll.worker.process;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.atoll.errors.AtollException;
import dev.atoll.worker.calls.Sink;
import dev.atoll.worker.spool.Spool;
import dev.atoll.worker.spool.SpoolReader;
import java.io.IOException;
import java.util.Optional;

/** Sends what a spool holds, from an offset to the stream's end, as fast as the client reads. */
public final class OutputStreaming {
  /** Of one message; large enough for memory's speed, and far below the clients' limits. */
  private static final int CHUNK_BYTES = 256 << 10;

  private OutputStreaming() {}

  /** Makes a message of a chunk, which is never empty. */
  @FunctionalInterface
  public interface Message<T> {
    /** The message for the bytes that begin at the offset. */
    T of(long offset, ByteString bytes);
  }

  /**
   * Sends everything; blocks until the stream is over. What was cut off a spool that may be cut is
   * left out, as the messages' offsets tell.
   */
  public static <T> void send(Spool spool, long offset, Sink<T> sink, Message<T> message)
      throws IOException, InterruptedException {
    if (offset < 0) {
      throw AtollException.invalid("offset %s: beyond any stream", Long.toUnsignedString(offset));
    }
    try (SpoolReader reader = spool.open(offset)) {
      while (true) {
        Optional<byte[]> bytes = reader.next(CHUNK_BYTES);
        if (bytes.isEmpty()) {
          return;
        }
        long at = reader.position() - bytes.get().length;
        // Nobody else holds the array.
        sink.send(message.of(at, UnsafeByteOperations.unsafeWrap(bytes.get())));
      }
    }
  }
}
