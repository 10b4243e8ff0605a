package dev.atoll.worker.connect;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.records.ConnectGrant;
import dev.atoll.worker.record.ConnectFile;
import dev.atoll.worker.tunnel.Activity;
import dev.atoll.worker.tunnel.EventLoops;
import dev.atoll.worker.tunnel.PublishedName;
import dev.atoll.worker.tunnel.Route;
import dev.atoll.worker.tunnel.Transport;
import dev.atoll.worker.tunnel.TunnelDomain;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one task's connect tokens are taken: each port that there are tokens for has a host name or
 * address of its own. Thread-safe.
 */
public final class ConnectAddress implements AutoCloseable {
  /** So many connections at once; beyond them a client is turned away. */
  private static final int MOST_CONNECTIONS = 512;

  /** The most bytes of a user's metadata: servers take headers of about 8 KiB. */
  private static final int MOST_METADATA = 4_096;

  /** So many ports of a task can have tokens. */
  private static final int MOST_PORTS = 64;

  private static final int HIGHEST_PORT = 65_535;
  private static final int LONGEST_LINE = 16 << 10;
  private static final int LONGEST_HEAD = 32 << 10;
  private static final int PIECE = 64 << 10;
  private static final int BACKLOG = 1_024;
  private static final long CLOSE_MILLIS = 2_000;
  private static final Logger log = LoggerFactory.getLogger(ConnectAddress.class);

  private final EventLoops loops;
  private final String cell;
  private final Activity activity;
  private final Optional<TunnelDomain> domain;
  private final ConnectFile record;
  private final Tokens tokens = new Tokens();
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final AtomicInteger open = new AtomicInteger();
  private final Map<Integer, String> urls = new HashMap<>();
  private final List<PublishedName> names = new ArrayList<>();
  private boolean closed;

  /**
   * Opens nothing yet.
   *
   * @param cell the address of the task's cell
   * @param activity hears of requests
   * @param domain where host names are published, if there is one
   * @param record keeps the tokens
   */
  ConnectAddress(
      EventLoops loops,
      String cell,
      Activity activity,
      Optional<TunnelDomain> domain,
      ConnectFile record) {
    this.loops = loops;
    this.cell = cell;
    this.activity = activity;
    this.domain = domain;
    this.record = record;
  }

  /**
   * Takes the tokens that a worker which died has made, where it did, unless somebody else has the
   * place: then they are gone.
   *
   * @throws IOException when its record can't be read
   */
  public void resume() throws IOException {
    for (ConnectGrant grant : record.read()) {
      try {
        open(grant.getPort(), Optional.of(URI.create(grant.getUrl())));
        tokens.resume(grant.getTokenHash(), new Grant(grant.getPort(), grant.getUserMetadata()));
      } catch (AtollException taken) {
        log.warn("connect tokens at {} are lost: {}", grant.getUrl(), taken.getMessage());
      }
    }
  }

  /**
   * A token and where it is taken.
   *
   * @param url such as {@code http://127.81.3.200:41234}, or {@code https://} and a name of the
   *     domain
   * @param token opens one port for as long as the task runs
   */
  public record Access(String url, String token) {
    @Override
    public String toString() {
      return "Access[" + url + "]";
    }
  }

  /**
   * Makes a token. The first of a port opens its address. Blocks for milliseconds.
   *
   * @param port of the sandbox, 1 to 65535
   * @param userMetadata what requests with this token tell the sandbox in the header {@value
   *     Gate#USER_DATA}: at most 4,096 bytes of UTF-8, without control characters
   * @throws AtollException INVALID_ARGUMENT when a rule is broken, RESOURCE_EXHAUSTED when there
   *     are too many tokens, or tokens for too many ports, NOT_FOUND when the task has ended,
   *     UNAVAILABLE when this host has no port
   */
  public Access grant(int port, String userMetadata) {
    check(port, userMetadata);
    String url = open(port, Optional.empty());
    Tokens.Issued issued = tokens.issue(new Grant(port, userMetadata));
    try {
      record.add(
          ConnectGrant.newBuilder()
              .setTokenHash(issued.hash())
              .setPort(port)
              .setUserMetadata(userMetadata)
              .setUrl(url)
              .build());
    } catch (IOException full) {
      throw new AtollException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "the worker's disk could not take the token: free space on it, then try again",
          full);
    }
    return new Access(url, issued.token());
  }

  private static void check(int port, String userMetadata) {
    if (port < 1 || port > HIGHEST_PORT) {
      throw AtollException.invalid(
          "port: %s is no port: they are 1 to 65535", Integer.toUnsignedString(port));
    }
    if (userMetadata.getBytes(StandardCharsets.UTF_8).length > MOST_METADATA) {
      throw AtollException.invalid("user_metadata: must be at most %d bytes", MOST_METADATA);
    }
    if (userMetadata.chars().anyMatch(Character::isISOControl)) {
      throw AtollException.invalid(
          "user_metadata: must not hold control characters, since it becomes an HTTP header");
    }
  }

  private synchronized String open(int port, Optional<URI> before) {
    if (closed) {
      throw AtollException.notFound("the sandbox has ended");
    }
    if (!urls.containsKey(port) && urls.size() >= MOST_PORTS) {
      throw new AtollException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "port: %d ports of the sandbox have connect tokens, the most there can be"
              .formatted(MOST_PORTS));
    }
    return urls.computeIfAbsent(
        port,
        number ->
            domain
                .map(present -> publish(present, number, before.map(URI::getHost)))
                .orElseGet(() -> listen(number, place(before))));
  }

  private String publish(TunnelDomain present, int port, Optional<String> before) {
    Gate gate = new Gate(tokens, port, true);
    PublishedName name =
        present.publish(
            new Route() {
              @Override
              public boolean isHttp2() {
                return false;
              }

              @Override
              public boolean accept(SocketChannel client) {
                client.config().setAllowHalfClosure(false);
                return ConnectAddress.this.accept(client, gate);
              }
            },
            before);
    names.add(name);
    return name.url();
  }

  private static InetSocketAddress place(Optional<URI> before) {
    return before
        .filter(url -> url.getHost().startsWith("127."))
        .map(url -> new InetSocketAddress(url.getHost(), url.getPort()))
        .orElseGet(() -> new InetSocketAddress(ownAddress(), 0));
  }

  private String listen(int port, InetSocketAddress place) {
    Gate gate = new Gate(tokens, port, false);
    ServerBootstrap clients =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.transport().listening())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_RCVBUF, Transport.MOST_UNREAD)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel client) {
                    accept(client, gate);
                  }
                });
    loops.transport().probeClients(clients);
    ChannelFuture bound = clients.bind(place).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new AtollException(
          ErrorCode.UNAVAILABLE,
          "this host has no port free for connect tokens: " + bound.cause().getMessage(),
          bound.cause());
    }
    Channel listener = bound.channel();
    channels.add(listener);
    InetSocketAddress where = (InetSocketAddress) listener.localAddress();
    return "http://%s:%d".formatted(where.getAddress().getHostAddress(), where.getPort());
  }

  /** Not 127.0.0.1 nor a neighbour of it: programs use those, and cookies know no ports. */
  private static InetAddress ownAddress() {
    SecureRandom random = new SecureRandom();
    byte[] address = {
      127,
      (byte) (64 + random.nextInt(64)),
      (byte) random.nextInt(256),
      (byte) (1 + random.nextInt(254))
    };
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private boolean accept(SocketChannel client, Gate gate) {
    if (open.incrementAndGet() > MOST_CONNECTIONS) {
      open.decrementAndGet();
      client.close();
      return false;
    }
    client.closeFuture().addListener(gone -> open.decrementAndGet());
    add(client);
    client.pipeline().addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEAD, PIECE));
    client.pipeline().addLast(new Visitor(client, this, gate, activity));
    return true;
  }

  /** Takes answers with heads as long as those that requests may have. */
  static HttpClientCodec clientCodec() {
    return new HttpClientCodec(LONGEST_LINE, LONGEST_HEAD, PIECE);
  }

  /** Counts a connection into the cell that outlives its client, until it is closed. */
  void count(Channel inside) {
    open.incrementAndGet();
    inside.closeFuture().addListener(gone -> open.decrementAndGet());
  }

  /** Closes a channel with the others. */
  void add(Channel channel) {
    channels.add(channel);
  }

  String cell() {
    return cell;
  }

  /** Takes no token any more and cuts the connections. Idempotent. Milliseconds. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      names.forEach(PublishedName::close);
    }
    if (!channels.close().awaitUninterruptibly(CLOSE_MILLIS)) {
      log.warn("some connections with connect tokens are not closed yet");
    }
  }
}
