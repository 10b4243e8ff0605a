package dev.atoll.worker.tunnel;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;

/** How clients of tunnels are listened for. */
final class Listeners {
  private static final int BACKLOG = 1_024;
  // What is read before anybody asks whether the other end has room.
  private static final int MOST_READ = 256 << 10;

  private Listeners() {}

  /** For connections that are read when there is room, and end in each direction by itself. */
  static ServerBootstrap tunnels(EventLoops loops) {
    ServerBootstrap listener =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.transport().listening())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_RCVBUF, Transport.MOST_UNREAD)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(2 << 10, 64 << 10, MOST_READ)
                    .maxMessagesPerRead(1));
    loops.transport().probeClients(listener);
    return listener;
  }
}
