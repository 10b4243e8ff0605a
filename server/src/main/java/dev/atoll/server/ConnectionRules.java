package dev.atoll.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What holds for every connection before a byte of it is understood: how many an address may have,
 * how soon it must have begun, and that what comes from another host is TLS if the door has a
 * certificate. Whoever breaks a rule is hung up on. Thread-safe.
 */
final class ConnectionRules {
  /** The first byte of a handshake record: RFC 8446, section 5.1. */
  private static final int TLS_HANDSHAKE = 0x16;

  /**
   * Until so many bytes are there it may be undecided which protocol it is, and nothing else
   * watches the connection: the length of HTTP/2's preface (RFC 9113, section 3.4), less than any
   * request of HTTP/1.1.
   */
  private static final int BEGINNING = 24;

  private static final long BEGINNING_SECONDS = 10;

  private final int mostOfAddress;
  private final boolean tlsFromElsewhere;
  private final Map<InetAddress, Integer> counts = new ConcurrentHashMap<>();

  ConnectionRules(int mostOfAddress, boolean tlsFromElsewhere) {
    this.mostOfAddress = mostOfAddress;
    this.tlsFromElsewhere = tlsFromElsewhere;
  }

  /** Applies the rules to a new connection. */
  void accept(ChannelPipeline pipeline) {
    Channel channel = pipeline.channel();
    Optional<InetAddress> remote = address(channel.remoteAddress());
    if (remote.isEmpty()) {
      channel.close();
      return;
    }
    int count = counts.merge(remote.get(), 1, Integer::sum);
    channel
        .closeFuture()
        .addListener(
            closed -> counts.computeIfPresent(remote.get(), (key, n) -> n == 1 ? null : n - 1));
    if (count > mostOfAddress) {
      channel.close();
      return;
    }
    boolean here =
        remote.get().isLoopbackAddress() || remote.equals(address(channel.localAddress()));
    pipeline.addFirst(new Beginning(tlsFromElsewhere && !here));
  }

  private static Optional<InetAddress> address(SocketAddress address) {
    return address instanceof InetSocketAddress internet
        ? Optional.ofNullable(internet.getAddress())
        : Optional.empty();
  }

  /** Looks at how a connection begins, and then leaves it alone. */
  private static final class Beginning extends ChannelInboundHandlerAdapter {
    private final boolean mustBeTls;
    private boolean isTls;
    private int bytes;

    Beginning(boolean mustBeTls) {
      this.mustBeTls = mustBeTls;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      var limit =
          context
              .executor()
              .schedule(() -> hangUpUnlessBegun(context), BEGINNING_SECONDS, TimeUnit.SECONDS);
      context.channel().closeFuture().addListener(closed -> limit.cancel(false));
    }

    private void hangUpUnlessBegun(ChannelHandlerContext context) {
      SslHandler tls = context.pipeline().get(SslHandler.class);
      boolean begun = isTls ? tls != null && tls.handshakeFuture().isDone() : bytes >= BEGINNING;
      if (!begun) {
        context.close();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof ByteBuf read && read.isReadable()) {
        if (bytes == 0) {
          isTls = read.getUnsignedByte(read.readerIndex()) == TLS_HANDSHAKE;
          if (mustBeTls && !isTls) {
            ReferenceCountUtil.release(message);
            context.close();
            return;
          }
        }
        bytes += read.readableBytes();
        if (isTls || bytes >= BEGINNING) {
          context.pipeline().remove(this);
        }
      }
      context.fireChannelRead(message);
    }
  }
}
