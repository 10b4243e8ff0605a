package dev.atoll.worker.tunnel;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;

/** Sets the connections to one port of a cell up. */
final class Acceptor {
  private final InetSocketAddress port;
  private final Connections connections;

  Acceptor(InetSocketAddress port, Connections connections) {
    this.port = port;
    this.connections = connections;
  }

  /** For clients of a listener that speak TLS. */
  ChannelInitializer<SocketChannel> encrypted(SslContext context) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel client) {
        if (connections.takeOrClose(client)) {
          client.pipeline().addLast(TlsContexts.handler(context, client), side(client, true));
        }
      }
    };
  }

  /** For clients of a listener whose bytes are passed on as they are. */
  ChannelInitializer<SocketChannel> plain() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel client) {
        if (connections.takeOrClose(client)) {
          client.pipeline().addLast(side(client, false));
        }
      }
    };
  }

  /** For clients that speak TLS and are told apart by the host name that they want. */
  Route named(boolean http2) {
    return new Route() {
      @Override
      public boolean isHttp2() {
        return http2;
      }

      @Override
      public boolean accept(SocketChannel client) {
        boolean taken = connections.takeOrClose(client);
        if (taken) {
          client.pipeline().addLast(side(client, true));
        }
        return taken;
      }
    };
  }

  private ClientSide side(SocketChannel client, boolean encrypted) {
    return new ClientSide(client, port, connections, encrypted);
  }
}
