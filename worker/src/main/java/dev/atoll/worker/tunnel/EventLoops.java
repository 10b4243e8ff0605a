package dev.atoll.worker.tunnel;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The threads that carry bytes into cells and out of them, made when first needed. Thread-safe. */
public final class EventLoops implements AutoCloseable {
  private static final long STOP_MILLIS = 1_000;

  private final Transport transport = Transport.best();
  private @Nullable EventLoopGroup group;
  private boolean closed;

  /** The threads; UNAVAILABLE once they are closed. */
  public synchronized EventLoopGroup group() {
    if (closed) {
      throw new AtollException(ErrorCode.UNAVAILABLE, "the worker is stopping");
    }
    EventLoopGroup present = group;
    if (present == null) {
      present =
          new MultiThreadIoEventLoopGroup(
              Math.max(2, Runtime.getRuntime().availableProcessors()),
              new DefaultThreadFactory("atoll-tunnel", true),
              transport.handlers());
      group = present;
    }
    return present;
  }

  /** What their channels have to be. */
  public Transport transport() {
    return transport;
  }

  /** Ends them. Blocks for a second at most. */
  @Override
  public synchronized void close() {
    closed = true;
    if (group != null) {
      group
          .shutdownGracefully(0, STOP_MILLIS, TimeUnit.MILLISECONDS)
          .awaitUninterruptibly(STOP_MILLIS);
    }
  }
}
