package dev.atoll.worker.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of a connection. Both ends are on one event loop, and everything here runs there. It
 * reads once, hands what came to the other end, and reads again when that one has room.
 */
abstract class Side extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Side.class);

  private final SocketChannel channel;
  private boolean inputOver;
  private boolean outputOver;
  private boolean broken;
  private final Stall stall;

  Side(SocketChannel channel) {
    this.channel = channel;
    this.stall = new Stall(channel, () -> isClient() && !outputOver);
  }

  /** The other end, if there is one yet. */
  abstract @Nullable Side other();

  /** Whether this is the client's end: nothing that it sent is of use when it is cut off. */
  abstract boolean isClient();

  final SocketChannel channel() {
    return channel;
  }

  /** Asks for more bytes of this end. */
  final void read() {
    channel.read();
  }

  /** Takes bytes of the other end. */
  final void send(ByteBuf bytes) {
    channel.write(bytes).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
  }

  /** Sends what was taken; says whether there is room for more. */
  final boolean flush() {
    channel.flush();
    return channel.isWritable();
  }

  /** The other end sends no more: this one is told so after everything that it sent before. */
  final void finish() {
    if (outputOver) {
      return;
    }
    outputOver = true;
    Outputs.end(channel).addListener(sent -> closeWhenOver());
  }

  /** Whether this end sends no more. */
  final boolean isInputOver() {
    return inputOver;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Side other = other();
    if (other == null) {
      ((ByteBuf) message).release();
    } else {
      other.send((ByteBuf) message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    Side other = other();
    if (other == null || inputOver) {
      return;
    }
    if (other.flush()) {
      read();
    } else {
      stall.begin();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Side other = other();
    if (other != null && channel.isWritable() && other.stall.isOn()) {
      other.stall.end();
      other.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      inputEnded();
    }
  }

  private void inputEnded() {
    if (inputOver || broken) {
      return;
    }
    inputOver = true;
    Side other = other();
    if (other != null) {
      other.finish();
    }
    closeWhenOver();
  }

  private void closeWhenOver() {
    if (inputOver && outputOver && channel.isOutputShutdown()) {
      channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    long patience = isClient() && !inputOver ? Outputs.AFTER_CUT : Outputs.AFTER_END;
    inputOver = true;
    Side other = other();
    if (other == null) {
      return;
    }
    if (broken) {
      Outputs.reset(other.channel, patience);
    } else {
      Outputs.close(other.channel, patience);
    }
  }

  /** Hears of reads that fail, and of writes: a reset is told to the first that asks only. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    broken |= !inputOver && !(cause instanceof ClosedChannelException);
    log.debug("a connection of a tunnel broke: {}", cause.toString());
    context.close();
  }
}
