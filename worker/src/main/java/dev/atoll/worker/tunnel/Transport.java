package dev.atoll.worker.tunnel;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import jdk.net.ExtendedSocketOptions;

/**
 * How Netty asks the kernel. A tunnel's own work is nearly all system calls; io_uring(7) makes many
 * of them in one. Kernels without it, and those whose operator turned it off ({@code
 * kernel.io_uring_disabled}), get epoll(7) through the JDK.
 *
 * @param handlers what serves a thread's channels
 * @param listening the channels of listeners; what they accept is of the same kind, and so has to
 *     be what an accepted channel's event loop connects
 * @param probing how it calls tcp(7)'s options for connections that are idle
 */
public record Transport(
    IoHandlerFactory handlers, Class<? extends ServerSocketChannel> listening, Probing probing) {

  /**
   * What the kernel keeps of a connection that is not read, in bytes. With io_uring all of it is
   * read as soon as the other end has sent its last, so this bounds the server's memory, too.
   */
  public static final int MOST_UNREAD = 512 << 10;

  private static final int IDLE_SECONDS = 120;
  private static final int PROBE_SECONDS = 30;
  private static final int PROBES = 6;

  // Of include/net/tcp_states.h: neither end has anything to say any more.
  private static final int TCP_CLOSE = 7;

  /**
   * Whether the other end has reset a connection, also one that is not being read. False where only
   * the JDK could be asked, since it doesn't tell.
   */
  static boolean isReset(SocketChannel channel) {
    return channel instanceof IoUringSocketChannel open
        && open.isOpen()
        && open.tcpInfo().state() == TCP_CLOSE;
  }

  /**
   * Has the kernel ask idle clients of a listener whether they are still there: after five minutes
   * without an answer, or as soon as one knows nothing of the connection, it is over.
   */
  public void probeClients(ServerBootstrap listener) {
    listener
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(probing.idle, IDLE_SECONDS)
        .childOption(probing.interval, PROBE_SECONDS)
        .childOption(probing.count, PROBES);
  }

  /** The best that this kernel has. */
  static Transport best() {
    if (IoUring.isAvailable()) {
      return new Transport(
          IoUringIoHandler.newFactory(),
          IoUringServerSocketChannel.class,
          new Probing(
              IoUringChannelOption.TCP_KEEPIDLE,
              IoUringChannelOption.TCP_KEEPINTVL,
              IoUringChannelOption.TCP_KEEPCNT));
    }
    return new Transport(
        NioIoHandler.newFactory(),
        NioServerSocketChannel.class,
        new Probing(
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT)));
  }

  /** The names of TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT. */
  record Probing(
      ChannelOption<Integer> idle, ChannelOption<Integer> interval, ChannelOption<Integer> count) {}
}
