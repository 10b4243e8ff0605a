package dev.atoll.worker.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import java.util.Locale;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads which host a client wants, and gives the connection to what is behind that name. A client
 * that wants none, or one that nobody has, gets a TLS alert (RFC 8446, section 6.2), also for the
 * name of a sandbox that has ended: nothing tells the two apart.
 */
final class NameRouter extends AbstractSniHandler<Route> {
  private static final Logger log = LoggerFactory.getLogger(NameRouter.class);
  private static final int LONGEST_HELLO = 16 << 10;
  private static final long HELLO_MILLIS = 10_000;
  private static final byte MISSING_EXTENSION = 109;
  private static final byte UNRECOGNIZED_NAME = 112;

  private final TunnelDomain domain;

  NameRouter(TunnelDomain domain) {
    super(LONGEST_HELLO, HELLO_MILLIS);
    this.domain = domain;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    super.channelActive(context);
    context.read();
  }

  @Override
  protected Future<Route> lookup(ChannelHandlerContext context, @Nullable String host) {
    return domain
        .find(host)
        .map(route -> context.executor().newSucceededFuture(route))
        .orElseGet(
            () -> context.executor().newFailedFuture(new NoSuchElementException("no such host")));
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext context, @Nullable String host, Future<Route> found) {
    SocketChannel client = (SocketChannel) context.channel();
    if (!found.isSuccess()) {
      ByteBuf alert = alert(host == null ? MISSING_EXTENSION : UNRECOGNIZED_NAME);
      context.writeAndFlush(alert).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    domain.decided(client);
    Route route = found.getNow();
    client.pipeline().remove(Failures.class);
    if (route.accept(client)) {
      var tls = domain.contexts().speaking(route.isHttp2());
      if (route.isHttp2() && host != null) {
        SameHost sameHost = new SameHost(host.toLowerCase(Locale.ROOT));
        client.pipeline().addAfter(context.name(), "same host", sameHost);
      }
      client.pipeline().replace(this, "tls", TlsContexts.handler(tls, client));
    }
  }

  /** A record with one fatal alert, as TLS 1.2 writes it: each version's clients read that. */
  private static ByteBuf alert(byte description) {
    return Unpooled.wrappedBuffer(new byte[] {21, 3, 3, 0, 2, 2, description});
  }

  /** What goes wrong before a client has said which host it wants: it leaves, or is too slow. */
  static final class Failures extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        context.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      log.debug("a client of no tunnel: {}", cause.toString());
      context.close();
    }
  }
}
