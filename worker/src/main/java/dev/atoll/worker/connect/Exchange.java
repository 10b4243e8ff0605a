package dev.atoll.worker.connect;

import dev.atoll.worker.tunnel.Outputs;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/** The connection to the cell for one request. */
final class Exchange extends Inlet {
  private final Visitor visitor;
  private boolean answering;
  private boolean informing;
  private boolean switched;

  Exchange(SocketChannel channel, Visitor visitor) {
    super(channel);
    this.visitor = visitor;
  }

  @Override
  boolean isClient() {
    return false;
  }

  @Override
  void take(Object message) {
    if (switched) {
      passOn(message);
    } else if (!((HttpObject) message).decoderResult().isSuccess()) {
      ReferenceCountUtil.release(message);
      channel().close();
      next();
    } else if (message instanceof HttpResponse head) {
      begin(head);
    } else if (!(message instanceof LastHttpContent)) {
      visitor.send(message, this);
    } else if (informing) {
      informing = false;
      visitor.send(message, this);
    } else {
      visitor.channel().writeAndFlush(message);
      answering = false;
      close();
      visitor.answered();
    }
  }

  private void begin(HttpResponse head) {
    if (head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      switchProtocols(head);
      return;
    }
    informing = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    answering = !informing;
    if (answering) {
      head.headers().remove(HttpHeaderNames.CONNECTION).remove("Keep-Alive");
      visitor.complete(head);
    }
    visitor.send(head, this);
  }

  private void switchProtocols(HttpResponse head) {
    visitor.channel().write(head);
    visitor.channel().writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    if (!visitor.switchProtocols()) {
      close();
      return;
    }
    switched = true;
    if (channel().isOpen()) {
      channel().pipeline().remove(HttpClientCodec.class);
    }
    next();
  }

  /** What the codec took for the answer's body before it was gone is bytes like any other. */
  private void passOn(Object message) {
    Object bytes = message instanceof HttpContent content ? content.content() : message;
    if (bytes instanceof ByteBuf some && some.isReadable()) {
      visitor.send(some, this);
    } else {
      ReferenceCountUtil.release(message);
      next();
    }
  }

  @Override
  void ended() {
    if (answering) {
      visitor.cutOff();
    } else if (switched && isBroken()) {
      visitor.reset(Outputs.AFTER_END);
    } else if (switched) {
      visitor.finish(Outputs.AFTER_END);
    } else {
      visitor.unanswered(this);
    }
  }
}
