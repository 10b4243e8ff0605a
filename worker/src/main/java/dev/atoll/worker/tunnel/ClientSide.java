package dev.atoll.worker.tunnel;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a connection. It reaches for the cell at once, or after the TLS handshake:
 * many protocols let the server speak first.
 */
final class ClientSide extends Side {
  private static final int CONNECT_MILLIS = 5_000;

  private final InetSocketAddress port;
  private final Connections connections;
  private final boolean encrypted;
  // What came with the end of the handshake, before the cell was reached.
  private final Queue<ByteBuf> early = new ArrayDeque<>();
  private @Nullable CellSide cell;

  ClientSide(
      SocketChannel channel, InetSocketAddress port, Connections connections, boolean encrypted) {
    super(channel);
    this.port = port;
    this.connections = connections;
    this.encrypted = encrypted;
  }

  @Override
  @Nullable Side other() {
    return cell;
  }

  @Override
  boolean isClient() {
    return true;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (encrypted) {
      read(); // the handshake's first bytes; it asks for the others itself
    } else {
      connect();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (cell == null) {
      early.add((ByteBuf) message);
    } else {
      super.channelRead(context, message);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        connect();
      } else {
        context.close();
      }
    }
    super.userEventTriggered(context, event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    releaseEarly();
    super.channelInactive(context);
    if (cell != null) {
      connections.count(cell.channel());
    }
  }

  private void connect() {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(channel().eventLoop())
            .channel(channel().getClass())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_RCVBUF, Transport.MOST_UNREAD)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .option(ChannelOption.RECVBUF_ALLOCATOR, channel().config().getRecvByteBufAllocator())
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel toCell) {
                    connections.add(toCell);
                    toCell.pipeline().addLast(new CellSide(toCell, ClientSide.this));
                  }
                });
    bootstrap
        .connect(port)
        .addListener(
            (ChannelFuture done) -> connected((SocketChannel) done.channel(), done.isSuccess()));
  }

  private void connected(SocketChannel toCell, boolean reached) {
    if (!channel().isActive()) {
      toCell.close();
    } else if (reached) {
      join(toCell.pipeline().get(CellSide.class));
    } else {
      refuse();
    }
  }

  private void join(CellSide reached) {
    cell = reached;
    while (!early.isEmpty()) {
      reached.send(early.remove());
    }
    reached.flush();
    if (isInputOver()) {
      reached.finish();
    } else {
      read();
    }
    reached.read();
  }

  /** Nothing listens there: one who asks in HTTP/1.1 is answered, others are hung up on. */
  private void refuse() {
    SslHandler tls = channel().pipeline().get(SslHandler.class);
    if (tls == null || "h2".equals(tls.applicationProtocol())) {
      channel().close();
      return;
    }
    if (isInputOver()) {
      channel().close();
      return;
    }
    BadGateway answer = new BadGateway(channel(), port.getPort());
    channel().pipeline().replace(this, "bad gateway", answer);
    while (!early.isEmpty()) {
      answer.take(early.remove());
    }
    channel().read();
  }

  private void releaseEarly() {
    while (!early.isEmpty()) {
      early.remove().release();
    }
  }
}
