package dev.atoll.worker.tunnel;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens tunnels on one address of this host. Its threads and its certificates are made when the
 * first task with ports starts. Thread-safe.
 */
public final class TunnelHost implements AutoCloseable {
  /** What certificates and URLs call this host. */
  static final String NAME = "localhost";

  private static final int BACKLOG = 1_024;
  // What is read before anybody asks whether the other end has room.
  private static final int MOST_READ = 256 << 10;
  private static final long STOP_MILLIS = 1_000;

  private final InetAddress address;
  private final Path authorityFile;
  private @Nullable EventLoopGroup loops;
  private @Nullable Certificates certificates;
  private boolean closed;

  /**
   * Opens nothing yet.
   *
   * @param address where it listens
   * @param authorityFile where the authority's key and certificate are kept
   */
  public TunnelHost(InetAddress address, Path authorityFile) {
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
    Running running = running();
    ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    Connections connections = new Connections(channels, activity);
    List<Tunnel> tunnels = new ArrayList<>();
    try {
      for (TunnelPort port : ports) {
        Acceptor acceptor =
            new Acceptor(new InetSocketAddress(cellAddress, port.number()), connections);
        SslContext tls =
            port.kind() == TunnelPort.Kind.H2 ? running.leaf().h2() : running.leaf().http1();
        int encrypted = listen(running.loops(), acceptor.encrypted(tls), channels);
        Optional<Tunnel.Endpoint> unencrypted = Optional.empty();
        if (port.kind() == TunnelPort.Kind.UNENCRYPTED) {
          int plain = listen(running.loops(), acceptor.plain(), channels);
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

  private record Running(EventLoopGroup loops, Certificates.Leaf leaf) {}

  private synchronized Running running() throws IOException {
    if (closed) {
      throw new AtollException(ErrorCode.UNAVAILABLE, "the worker is stopping");
    }
    Certificates issuing = certificates;
    if (issuing == null) {
      issuing = new Certificates(Authority.open(authorityFile));
      certificates = issuing;
    }
    EventLoopGroup group = loops;
    if (group == null) {
      group =
          new MultiThreadIoEventLoopGroup(
              Math.max(2, Runtime.getRuntime().availableProcessors()),
              new DefaultThreadFactory("atoll-tunnel", true),
              NioIoHandler.newFactory());
      loops = group;
    }
    return new Running(group, issuing.current());
  }

  /** Ends what is left, and its threads. Blocks for a second at most. */
  @Override
  public synchronized void close() {
    closed = true;
    if (loops != null) {
      loops
          .shutdownGracefully(0, STOP_MILLIS, TimeUnit.MILLISECONDS)
          .awaitUninterruptibly(STOP_MILLIS);
    }
  }
}
