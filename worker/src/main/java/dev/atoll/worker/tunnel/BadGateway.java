package dev.atoll.worker.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Stands in for a port that nothing listens on. A client whose first bytes are an HTTP/1.1 request
 * line (RFC 9112, section 3) gets a 502; another, or one that says nothing for a while, is hung up
 * on. What it sends after that is thrown away, so that the answer isn't lost with the connection.
 */
final class BadGateway extends ChannelInboundHandlerAdapter {
  private static final int LONGEST_METHOD = 20;
  private static final long PATIENCE_SECONDS = 5;

  private final SocketChannel channel;
  private final int port;
  private int letters;
  private boolean answered;

  BadGateway(SocketChannel channel, int port) {
    this.channel = channel;
    this.port = port;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    var end =
        context.executor().schedule(() -> channel.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    channel.closeFuture().addListener(closed -> end.cancel(false));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    take((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    channel.read();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      channel.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    channel.close();
  }

  /** Takes what the client sent. */
  void take(ByteBuf bytes) {
    try {
      while (!answered && bytes.isReadable()) {
        take(bytes.readByte());
      }
    } finally {
      bytes.release();
    }
  }

  private void take(byte next) {
    if (next >= 'A' && next <= 'Z' && letters < LONGEST_METHOD) {
      letters++;
      return;
    }
    answered = true;
    if (next == ' ' && letters > 0) {
      answer();
    } else {
      channel.close();
    }
  }

  private void answer() {
    String reason =
        "Nothing listens on port %d of this sandbox yet (on 0.0.0.0, not on 127.0.0.1 alone).\n"
            .formatted(port);
    String response =
        """
        HTTP/1.1 502 Bad Gateway\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Length: %d\r
        Connection: close\r
        \r
        %s"""
            .formatted(reason.length(), reason);
    channel.writeAndFlush(Unpooled.copiedBuffer(response, StandardCharsets.US_ASCII));
    Outputs.end(channel);
  }
}
