package dev.atoll.worker.tunnel;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Ends of what a connection sends. */
public final class Outputs {
  /** How long a reader may take nothing of what came before an orderly end, in seconds. */
  public static final long AFTER_END = 120;

  /** The same when the one who sent it was cut off: nobody waits for an answer any more. */
  public static final long AFTER_CUT = 5;

  private Outputs() {}

  /**
   * Closes a connection after everything that was written before, or with a reset as soon as its
   * other end has taken nothing of that for so many seconds. Runs on the channel's event loop.
   */
  public static void close(SocketChannel channel, long seconds) {
    closeAfterSent(channel, seconds, SocketChannel::close);
  }

  /**
   * The same, but with a reset in any case: what was written before is not all that there should
   * be. As with every reset, what the other end's kernel had no room for is lost (SO_LINGER in
   * socket(7)).
   */
  public static void reset(SocketChannel channel, long seconds) {
    closeAfterSent(channel, seconds, Outputs::cut);
  }

  /** Past the pipeline, where TLS would say that this is the orderly end. */
  private static void cut(SocketChannel channel) {
    if (channel.isOpen()) {
      channel.config().setSoLinger(0);
      channel.unsafe().close(channel.newPromise());
    }
  }

  private static void closeAfterSent(
      SocketChannel channel, long seconds, Consumer<SocketChannel> close) {
    ChannelFuture sent = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    sent.addListener(done -> close.accept(channel));
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
                    cut(channel);
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
