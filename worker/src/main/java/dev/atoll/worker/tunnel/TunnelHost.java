package dev.atoll.worker.tunnel;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens tunnels on one address of this host. Its certificates are made when the first task with
 * ports starts. Thread-safe.
 */
public final class TunnelHost {
  /** What certificates and URLs call this host. */
  static final String NAME = "localhost";

  private static final int BACKLOG = 1_024;
  // What is read before anybody asks whether the other end has room.
  private static final int MOST_READ = 256 << 10;

  private final EventLoops loops;
  private final InetAddress address;
  private final Path authorityFile;
  private @Nullable Certificates certificates;

  /**
   * Opens nothing yet.
   *
   * @param address where it listens
   * @param authorityFile where the authority's key and certificate are kept
   */
  public TunnelHost(EventLoops loops, InetAddress address, Path authorityFile) {
    this.loops = loops;
    this.address = address;
    this.authorityFile = authorityFile;
  }

  /**
   * Listens for a task's ports, on free ports of this host. Blocks for milliseconds.
   *
   * @param cellAddress where the ports are
   * @param activity hears of connections
   * @throws AtollException UNAVAILABLE when this host has no free port
   * @throws IOException when the authority's file can't be used
   */
  public OpenTunnels open(String cellAddress, List<TunnelPort> ports, Activity activity)
      throws IOException {
    if (ports.isEmpty()) {
      return OpenTunnels.none();
    }
    EventLoopGroup group = loops.group();
    Certificates.Leaf leaf = certificate();
    ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    Connections connections = new Connections(channels, activity);
    List<Tunnel> tunnels = new ArrayList<>();
    try {
      for (TunnelPort port : ports) {
        Acceptor acceptor =
            new Acceptor(new InetSocketAddress(cellAddress, port.number()), connections);
        SslContext tls = port.kind() == TunnelPort.Kind.H2 ? leaf.h2() : leaf.http1();
        int encrypted = listen(group, acceptor.encrypted(tls), channels);
        Optional<Tunnel.Endpoint> unencrypted = Optional.empty();
        if (port.kind() == TunnelPort.Kind.UNENCRYPTED) {
          int plain = listen(group, acceptor.plain(), channels);
          unencrypted = Optional.of(new Tunnel.Endpoint(address.getHostAddress(), plain));
        }
        tunnels.add(new Tunnel(port.number(), new Tunnel.Endpoint(NAME, encrypted), unencrypted));
      }
    } catch (RuntimeException failure) {
      OpenTunnels.of(tunnels, channels).close();
      throw failure;
    }
    return OpenTunnels.of(tunnels, channels);
  }

  private int listen(EventLoopGroup group, Acceptor.OfPort acceptor, ChannelGroup channels) {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(2 << 10, 64 << 10, MOST_READ)
                    .maxMessagesPerRead(1))
            .childHandler(acceptor)
            .bind(address, 0)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new AtollException(
          ErrorCode.UNAVAILABLE,
          "this host has no port free for a tunnel: " + bound.cause().getMessage(),
          bound.cause());
    }
    Channel listener = bound.channel();
    channels.add(listener);
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private synchronized Certificates.Leaf certificate() throws IOException {
    Certificates issuing = certificates;
    if (issuing == null) {
      issuing = new Certificates(Authority.open(authorityFile));
      certificates = issuing;
    }
    return issuing.current();
  }
}
