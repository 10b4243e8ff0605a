package dev.atoll.server;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The thread that accepts the door's connections. It ends at once, where Netty's usual ones wait
 * for two more seconds: nobody has work for it once its listener is closed.
 */
class Acceptors extends MultiThreadIoEventLoopGroup {
  private static final int MOST_MILLIS = 500;

  Acceptors() {
    super(1, new DefaultThreadFactory("atoll-door-accept"), EpollIoHandler.newFactory());
  }

  @Override
  public Future<?> shutdownGracefully() {
    return shutdownGracefully(0, MOST_MILLIS, TimeUnit.MILLISECONDS);
  }
}
