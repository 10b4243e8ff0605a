package dev.atoll.worker.tunnel;

import io.netty.channel.socket.SocketChannel;

/** What is behind a host name of a {@link TunnelDomain}. */
public interface Route {
  /** Whether its clients speak HTTP/2. */
  boolean isHttp2();

  /**
   * Adds handlers for a connection, on its event loop, before its TLS handshake ends: they hear of
   * that. Closes it and returns false when there are too many.
   */
  boolean accept(SocketChannel client);
}
