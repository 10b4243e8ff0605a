package dev.atoll.worker.tunnel;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Sets the connections to one port of a cell up. */
final class Acceptor {
  /** So long a client that doesn't read can hold the end of its sandbox up. */
  private static final long LAST_WORD_MILLIS = 500;

  private final InetSocketAddress port;
  private final Connections connections;

  Acceptor(InetSocketAddress port, Connections connections) {
    this.port = port;
    this.connections = connections;
  }

  /** For clients that speak TLS. */
  OfPort encrypted(SslContext context) {
    return new OfPort(Optional.of(context));
  }

  /** For clients whose bytes are passed on as they are. */
  OfPort plain() {
    return new OfPort(Optional.empty());
  }

  /** Sets a listener's connections up. */
  final class OfPort extends ChannelInitializer<SocketChannel> {
    private final Optional<SslContext> tls;

    private OfPort(Optional<SslContext> tls) {
      this.tls = tls;
    }

    @Override
    protected void initChannel(SocketChannel client) {
      if (!connections.take(client)) {
        client.close();
        return;
      }
      tls.ifPresent(context -> client.pipeline().addLast(handler(context, client)));
      client.pipeline().addLast(new ClientSide(client, port, connections, tls.isPresent()));
    }

    private static SslHandler handler(SslContext context, SocketChannel client) {
      SslHandler handler = context.newHandler(client.alloc());
      handler.setCloseNotifyFlushTimeoutMillis(LAST_WORD_MILLIS);
      return handler;
    }
  }
}
