package dev.atoll.worker.tunnel;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens tunnels: below a domain, or on ports of this host. What the latter show to clients is made
 * when the first task with ports starts. Thread-safe.
 */
public final class TunnelHost {
  /** What certificates and URLs call this host. */
  static final String NAME = "localhost";

  private static final Logger log = LoggerFactory.getLogger(TunnelHost.class);
  private static final int ANY = 0;

  private final EventLoops loops;
  private final InetAddress address;
  private final Path authorityFile;
  private final Optional<TunnelDomain> domain;
  private @Nullable Certificates certificates;

  /**
   * Opens nothing yet.
   *
   * @param address where it listens
   * @param authorityFile where the authority's key and certificate are kept
   * @param domain where encrypted tunnels are, if there is one; stays the caller's to close
   */
  public TunnelHost(
      EventLoops loops, InetAddress address, Path authorityFile, Optional<TunnelDomain> domain) {
    this.loops = loops;
    this.address = address;
    this.authorityFile = authorityFile;
    this.domain = domain;
  }

  /**
   * Opens a task's ports. Blocks for milliseconds.
   *
   * @param cellAddress where the ports are
   * @param activity hears of connections
   * @param before where they were reached before a worker died: there they are again, unless
   *     somebody else has the place
   * @throws AtollException UNAVAILABLE when this host has no free port
   * @throws IOException when the authority's file can't be used
   */
  public OpenTunnels open(
      String cellAddress, List<TunnelPort> ports, Activity activity, List<Tunnel> before)
      throws IOException {
    if (ports.isEmpty()) {
      return OpenTunnels.none();
    }
    ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    Connections connections = new Connections(channels, activity);
    List<PublishedName> names = new ArrayList<>();
    List<Tunnel> tunnels = new ArrayList<>();
    try {
      for (TunnelPort port : ports) {
        InetSocketAddress inside = new InetSocketAddress(cellAddress, port.number());
        Acceptor acceptor = new Acceptor(inside, connections);
        boolean http2 = port.kind() == TunnelPort.Kind.H2;
        Optional<Tunnel> old =
            before.stream().filter(tunnel -> tunnel.port() == port.number()).findFirst();
        Tunnel.Endpoint encrypted;
        if (domain.isPresent()) {
          PublishedName name =
              domain
                  .get()
                  .publish(acceptor.named(http2), old.map(tunnel -> tunnel.encrypted().host()));
          names.add(name);
          encrypted = new Tunnel.Endpoint(name.host(), name.port());
        } else {
          var tls = acceptor.encrypted(ownContexts().speaking(http2));
          int number = old.map(tunnel -> tunnel.encrypted().port()).orElse(ANY);
          encrypted = new Tunnel.Endpoint(NAME, listen(tls, channels, number));
        }
        Optional<Tunnel.Endpoint> unencrypted = Optional.empty();
        if (port.kind() == TunnelPort.Kind.UNENCRYPTED) {
          String host = domain.isPresent() ? encrypted.host() : address.getHostAddress();
          int number = old.flatMap(Tunnel::unencrypted).map(Tunnel.Endpoint::port).orElse(ANY);
          unencrypted =
              Optional.of(new Tunnel.Endpoint(host, listen(acceptor.plain(), channels, number)));
        }
        tunnels.add(new Tunnel(port.number(), encrypted, unencrypted));
      }
    } catch (IOException | RuntimeException failure) {
      OpenTunnels.of(tunnels, names, channels).close();
      throw failure;
    }
    return OpenTunnels.of(tunnels, names, channels);
  }

  private int listen(
      ChannelInitializer<SocketChannel> acceptor, ChannelGroup channels, int number) {
    ChannelFuture bound =
        Listeners.tunnels(loops)
            .childHandler(acceptor)
            .bind(address, number)
            .awaitUninterruptibly();
    if (!bound.isSuccess() && number != ANY) {
      log.warn("the port {} of a tunnel was taken meanwhile: it gets another one", number);
      return listen(acceptor, channels, ANY);
    }
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

  private synchronized TlsContexts ownContexts() throws IOException {
    Certificates issuing = certificates;
    if (issuing == null) {
      issuing = new Certificates(Authority.open(authorityFile));
      certificates = issuing;
    }
    return issuing.current();
  }
}
