package dev.atoll.worker.tunnel;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;

/** Ends of what a connection sends. */
public final class Outputs {
  private Outputs() {}

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
