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
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One TLS listener for everything below a domain: clients say in their first message which host
 * they want (server name indication, RFC 6066, section 3). Thread-safe.
 */
public final class TunnelDomain implements AutoCloseable {
  /** So many connections at once whose clients have not said yet which host they want. */
  static final int MOST_UNDECIDED = 1_024;

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int LABEL_LENGTH = 26; // 130 bits
  private static final long CHECK_SECONDS = 30;
  private static final long CLOSE_MILLIS = 2_000;

  private final TunnelSettings.Domain settings;
  private final DomainCertificates certificates;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Route> routes = new ConcurrentHashMap<>();
  private final ChannelGroup undecided =
      new DefaultChannelGroup("undecided", GlobalEventExecutor.INSTANCE, true);
  private final Channel listener;

  private TunnelDomain(
      EventLoops loops,
      InetAddress address,
      TunnelSettings.Domain settings,
      DomainCertificates certificates) {
    this.settings = settings;
    this.certificates = certificates;
    ChannelFuture bound =
        Listeners.tunnels(loops)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel client) {
                    accept(client);
                  }
                })
            .bind(address, settings.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "tunnels can't listen on %s:%d (%s): choose another tunnelPort"
              .formatted(address.getHostAddress(), settings.port(), bound.cause().getMessage()),
          bound.cause());
    }
    listener = bound.channel();
  }

  /**
   * Reads the domain's certificate and listens. Until it is closed, the certificate's files are
   * looked at every 30 seconds.
   *
   * @throws AtollException FAILED_PRECONDITION when the certificate can't be used, or the port is
   *     taken
   * @throws IOException when Java can't use the key for TLS
   */
  public static TunnelDomain open(
      EventLoops loops, InetAddress address, TunnelSettings.Domain settings) throws IOException {
    TunnelDomain domain =
        new TunnelDomain(loops, address, settings, DomainCertificates.open(settings));
    var checks =
        domain
            .listener
            .eventLoop()
            .scheduleWithFixedDelay(
                () -> Thread.ofVirtual().start(domain::checkCertificate),
                CHECK_SECONDS,
                CHECK_SECONDS,
                TimeUnit.SECONDS);
    domain.listener.closeFuture().addListener(closed -> checks.cancel(false));
    return domain;
  }

  /** Gives a new host name, which can't be guessed, to what is behind a route. */
  public PublishedName publish(Route route) {
    return publish(route, Optional.empty());
  }

  /**
   * Gives a host name to what is behind a route.
   *
   * @param before the name that it had before a worker died; it has it again when it is one of this
   *     domain
   */
  public PublishedName publish(Route route, Optional<String> before) {
    String host =
        before
            .filter(name -> name.endsWith("." + settings.name()))
            .orElseGet(() -> label() + "." + settings.name());
    routes.put(host, route);
    return new PublishedName(this, host);
  }

  /** The port that URLs say. */
  int advertisedPort() {
    return settings.advertisedPort().orElse(port());
  }

  /** The port that it listens on. */
  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** What is behind a host name, written in whatever case. */
  Optional<Route> find(@Nullable String host) {
    return Optional.ofNullable(host).map(name -> routes.get(name.toLowerCase(Locale.ROOT)));
  }

  /** What new connections get. */
  TlsContexts contexts() {
    return certificates.current();
  }

  /** A client has said which host it wants. */
  void decided(SocketChannel client) {
    undecided.remove(client);
  }

  void remove(String host) {
    routes.remove(host);
  }

  /** Uses files that were renewed. */
  void checkCertificate() {
    certificates.check();
  }

  private void accept(SocketChannel client) {
    if (undecided.size() >= MOST_UNDECIDED) {
      client.close();
      return;
    }
    undecided.add(client);
    client.pipeline().addLast(new NameRouter(this), new NameRouter.Failures());
  }

  private String label() {
    StringBuilder label = new StringBuilder(LABEL_LENGTH);
    for (int i = 0; i < LABEL_LENGTH; i++) {
      label.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return label.toString();
  }

  /** Listens no more. What was routed is closed with its task. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly(CLOSE_MILLIS);
    undecided.close().awaitUninterruptibly(CLOSE_MILLIS);
  }
}
