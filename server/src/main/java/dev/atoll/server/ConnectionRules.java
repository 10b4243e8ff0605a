package dev.atoll.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
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
 * how soon it must say something, and that what comes from another host is TLS if the door has a
 * certificate. Whoever breaks a rule is hung up on. Thread-safe.
 */
final class ConnectionRules {
  /** The first byte of a handshake record: RFC 8446, section 5.1. */
  private static final int TLS_HANDSHAKE = 0x16;

  private static final long FIRST_BYTE_SECONDS = 10;

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
    pipeline.addFirst(new FirstByte(tlsFromElsewhere && !here));
  }

  private static Optional<InetAddress> address(SocketAddress address) {
    return address instanceof InetSocketAddress internet
        ? Optional.ofNullable(internet.getAddress())
        : Optional.empty();
  }

  /** Looks at how a connection begins, and then leaves it alone. */
  private static final class FirstByte extends ChannelInboundHandlerAdapter {
    private final boolean mustBeTls;

    FirstByte(boolean mustBeTls) {
      this.mustBeTls = mustBeTls;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      var limit =
          context.executor().schedule(() -> hangUp(context), FIRST_BYTE_SECONDS, TimeUnit.SECONDS);
      context.channel().closeFuture().addListener(closed -> limit.cancel(false));
    }

    private static void hangUp(ChannelHandlerContext context) {
      if (!context.isRemoved()) {
        context.close();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (mustBeTls
          && message instanceof ByteBuf bytes
          && bytes.isReadable()
          && bytes.getUnsignedByte(bytes.readerIndex()) != TLS_HANDSHAKE) {
        ReferenceCountUtil.release(message);
        context.close();
        return;
      }
      context.pipeline().remove(this);
      context.fireChannelRead(message);
    }
  }
}
