package dev.atoll.worker.tunnel;

import io.netty.channel.socket.SocketChannel;

/** The cell's end of a connection. */
final class CellSide extends Side {
  private final ClientSide client;

  CellSide(SocketChannel channel, ClientSide client) {
    super(channel);
    this.client = client;
  }

  @Override
  boolean isClient() {
    return false;
  }

  @Override
  Side other() {
    return client;
  }
}
