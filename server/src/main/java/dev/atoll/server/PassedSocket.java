package dev.atoll.server;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.linux.InheritedDescriptor;
import dev.atoll.linux.LinuxException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A listening socket that a service manager has opened and keeps (sd_listen_fds(3)): who connects
 * while no server runs waits for the next one. The HTTP server listens on a port of its own beside
 * it, since it takes no open socket; what comes in here is passed on as if it had come in there.
 */
final class PassedSocket {
  private static final int FIRST_DESCRIPTOR = 3;

  private final EpollServerSocketChannel channel;
  private final CompletableFuture<Channel> server = new CompletableFuture<>();
  private final Acceptors acceptors = new SharedAcceptors();

  private PassedSocket(EpollServerSocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the socket that this process was started with, if there is one.
   *
   * @throws AtollException FAILED_PRECONDITION when it is none to listen on, or there are several
   */
  static Optional<PassedSocket> take(Map<String, String> environment) {
    String process = environment.getOrDefault("LISTEN_PID", "");
    if (!process.equals(Long.toString(ProcessHandle.current().pid()))) {
      return Optional.empty();
    }
    String count = environment.getOrDefault("LISTEN_FDS", "");
    if (!count.equals("1")) {
      throw unfit("there must be one, and LISTEN_FDS says '%s'".formatted(count));
    }
    Epoll.ensureAvailability();
    try {
      InheritedDescriptor.makeOwn(FIRST_DESCRIPTOR);
      EpollServerSocketChannel channel = new EpollServerSocketChannel(FIRST_DESCRIPTOR);
      if (channel.localAddress() == null) {
        throw unfit("it has no TCP port");
      }
      return Optional.of(new PassedSocket(channel));
    } catch (LinuxException | ChannelException other) {
      throw unfit(String.valueOf(other.getMessage()));
    }
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return channel.localAddress();
  }

  /** The threads that accept connections, for the HTTP server. */
  Acceptors acceptors() {
    return acceptors;
  }

  /** Begins to accept, once the HTTP server listens. */
  void open() {
    Channel target = server.join();
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object connection) {
                target.pipeline().fireChannelRead(connection);
              }
            });
    acceptors.register(channel).syncUninterruptibly();
  }

  /** Accepts no more; the service manager's socket goes on collecting who connects. */
  void close() {
    channel.close().syncUninterruptibly();
  }

  private static AtollException unfit(String why) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "the service manager passed no socket that this server can listen on: " + why);
  }

  /** One thread for both listeners; its first channel is the HTTP server's. */
  private final class SharedAcceptors extends Acceptors {
    @Override
    public ChannelFuture register(Channel registered) {
      server.complete(registered);
      return super.register(registered);
    }
  }
}
