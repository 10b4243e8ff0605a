package dev.atoll.worker.tunnel;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Ends of what a connection sends. */
public final class Outputs {
  /** How long a reader may take nothing of what came before an orderly end, in seconds. */
  public static final long AFTER_END = 120;

  /** The same when the one who sent it was cut off: nobody waits for an answer any more. */
  public static final long AFTER_CUT = 5;

  private Outputs() {}

  /**
   * Closes a connection after everything that was written before, or as soon as its other end has
   * taken nothing of that for so many seconds. Runs on the channel's event loop.
   */
  public static void close(SocketChannel channel, long seconds) {
    ChannelFuture sent = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    sent.addListener(ChannelFutureListener.CLOSE);
    if (!sent.isDone()) {
      expectProgress(channel, seconds, unsent(channel));
    }
  }

  private static void expectProgress(SocketChannel channel, long seconds, long before) {
    Future<?> look =
        channel
            .eventLoop()
            .schedule(
                () -> {
                  long now = unsent(channel);
                  if (now < before) {
                    expectProgress(channel, seconds, now);
                  } else {
                    channel.close();
                  }
                },
                seconds,
                TimeUnit.SECONDS);
    channel.closeFuture().addListener(closed -> look.cancel(false));
  }

  private static long unsent(SocketChannel channel) {
    return Optional.ofNullable(channel.unsafe().outboundBuffer())
        .map(ChannelOutboundBuffer::totalPendingWriteBytes)
        .orElse(0L);
  }

  /**
   * Ends it after everything that was written before, and after TLS's own end where there is TLS;
   * the future is done then. Input goes on.
   */
  public static ChannelFuture end(SocketChannel channel) {
    // The end of TLS overtakes what was written and not flushed.
    channel.flush();
    Optional<SslHandler> tls = Optional.ofNullable(channel.pipeline().get(SslHandler.class));
    return tls.map(SslHandler::closeOutbound)
        .orElseGet(() -> channel.writeAndFlush(Unpooled.EMPTY_BUFFER))
        .addListener(sent -> channel.shutdownOutput());
  }
}
