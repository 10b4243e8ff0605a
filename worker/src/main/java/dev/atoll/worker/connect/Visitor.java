package dev.atoll.worker.connect;

import dev.atoll.worker.tunnel.Activity;
import dev.atoll.worker.tunnel.Outputs;
import dev.atoll.worker.tunnel.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client's connection: one request after the other. */
final class Visitor extends Inlet {
  private static final long HEAD_SECONDS = 10;
  private static final long KEEP_ALIVE_SECONDS = 60;
  private static final long LAST_WORD_SECONDS = 2;
  private static final int CONNECT_MILLIS = 5_000;

  private final ConnectAddress address;
  private final Gate gate;
  private final Activity activity;
  private @Nullable Exchange exchange;
  private @Nullable Future<?> patience;
  private Optional<String> cookie = Optional.empty();
  private boolean keepAlive;
  private boolean chunks;
  private boolean endless;
  private boolean active;
  private boolean asked;
  private boolean dismissed;

  Visitor(SocketChannel channel, ConnectAddress address, Gate gate, Activity activity) {
    super(channel);
    this.address = address;
    this.gate = gate;
    this.activity = activity;
  }

  @Override
  boolean isClient() {
    return true;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    await(HEAD_SECONDS);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        await(HEAD_SECONDS);
      } else {
        context.close();
      }
    }
  }

  @Override
  void take(Object message) {
    Exchange current = exchange;
    if (dismissed) {
      ReferenceCountUtil.release(message);
      next();
    } else if (message instanceof HttpRequest request) {
      begin(request);
    } else if (current == null) {
      throw new IllegalStateException("a body without a request");
    } else if (message instanceof LastHttpContent) {
      current.channel().writeAndFlush(message);
      asked = true;
      watch();
    } else {
      current.send(message, this);
    }
  }

  private void await(long seconds) {
    patience = channel().eventLoop().schedule(() -> channel().close(), seconds, TimeUnit.SECONDS);
    next();
  }

  private void begin(HttpRequest request) {
    if (patience != null) {
      patience.cancel(false);
    }
    if (!channel().isActive()) {
      dismissed = true;
      ReferenceCountUtil.release(request);
      next();
      return;
    }
    if (!request.decoderResult().isSuccess() || !request.uri().startsWith("/")) {
      answer(Answers.malformed());
      return;
    }
    keepAlive = HttpUtil.isKeepAlive(request);
    chunks = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    Optional<Gate.Admitted> admitted = gate.admit(request);
    if (admitted.isEmpty()) {
      answer(Answers.unauthorized());
      return;
    }
    cookie = admitted.get().cookie();
    asked = false;
    active = true;
    activity.hold();
    connect(request);
  }

  private void connect(HttpRequest request) {
    new Bootstrap()
        .group(channel().eventLoop())
        .channel(channel().getClass())
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_RCVBUF, Transport.MOST_UNREAD)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel toCell) {
                address.add(toCell);
                toCell.pipeline().addLast(ConnectAddress.clientCodec());
                toCell.pipeline().addLast(new Exchange(toCell, Visitor.this));
              }
            })
        .connect(new InetSocketAddress(address.cell(), gate.port()))
        .addListener(
            (ChannelFuture done) ->
                connected(request, (SocketChannel) done.channel(), done.isSuccess()));
  }

  private void connected(HttpRequest request, SocketChannel toCell, boolean reached) {
    if (!channel().isActive()) {
      toCell.close();
    } else if (reached) {
      Exchange current = toCell.pipeline().get(Exchange.class);
      exchange = current;
      current.send(request, this);
      current.next();
    } else {
      rest();
      answer(Answers.nothingListens(gate.port()));
    }
  }

  /** Makes an answer of the cell one that this client understands, and can tell the end of. */
  void complete(HttpResponse head) {
    head.setProtocolVersion(HttpVersion.HTTP_1_1);
    boolean bodiless =
        head.status().equals(HttpResponseStatus.NO_CONTENT)
            || head.status().equals(HttpResponseStatus.NOT_MODIFIED);
    endless =
        !bodiless
            && !HttpUtil.isContentLengthSet(head)
            && !HttpUtil.isTransferEncodingChunked(head);
    if (endless) {
      HttpUtil.setTransferEncodingChunked(head, chunks);
      keepAlive &= chunks;
    }
    if (!keepAlive) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    cookie.ifPresent(value -> head.headers().add(HttpHeaderNames.SET_COOKIE, value));
  }

  /** The answer has been passed on. */
  void answered() {
    exchange = null;
    rest();
    if (keepAlive && asked) {
      await(KEEP_ALIVE_SECONDS);
    } else {
      finish(Outputs.AFTER_END);
    }
  }

  /** The answer ends in its middle, and the client must see that. */
  void cutOff() {
    exchange = null;
    rest();
    if (endless && !chunks) {
      reset(Outputs.AFTER_END);
    } else {
      finish(Outputs.AFTER_END);
    }
  }

  /** The cell closed the connection of an exchange without an answer. */
  void unanswered(Exchange over) {
    if (over.equals(exchange)) {
      exchange = null;
      rest();
      answer(Answers.noAnswer(gate.port()));
    }
  }

  /** From here on bytes are passed on; false when the client did not wait for that. */
  boolean switchProtocols() {
    if (hasMore() || !channel().isOpen()) {
      close();
      return false;
    }
    channel().pipeline().remove(HttpServerCodec.class);
    next();
    return true;
  }

  @Override
  void ended() {
    if (patience != null) {
      patience.cancel(false);
    }
    rest();
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      if (isBroken()) {
        current.reset(Outputs.AFTER_CUT);
      } else {
        current.finish(Outputs.AFTER_CUT);
      }
      address.count(current.channel());
    }
  }

  /**
   * Answers here. What the client still sends is thrown away: a reset could overtake the answer.
   */
  private void answer(FullHttpResponse answer) {
    dismissed = true;
    channel().writeAndFlush(answer);
    Outputs.end(channel());
    await(LAST_WORD_SECONDS);
  }

  private void rest() {
    if (active) {
      active = false;
      activity.release();
    }
  }
}
