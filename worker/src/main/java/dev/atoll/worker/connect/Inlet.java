package dev.atoll.worker.connect;

import dev.atoll.worker.tunnel.Outputs;
import dev.atoll.worker.tunnel.Stall;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of a proxied connection: takes messages one at a time, each when it is asked for. Both
 * ends are on one event loop, and everything here runs there.
 */
abstract class Inlet extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Inlet.class);

  private final SocketChannel channel;
  private final Stall stall;
  private final Queue<Object> inbox = new ArrayDeque<>();
  private boolean wanted;
  private boolean delivering;
  private boolean gone;
  private boolean over;
  private boolean abandoned;
  private boolean broken;
  private @Nullable Inlet waitsForRoom;

  Inlet(SocketChannel channel) {
    this.channel = channel;
    this.stall = new Stall(channel, this::isClient);
  }

  /** Takes a message that was asked for; its reference is the taker's. */
  abstract void take(Object message);

  /** The connection is over, and everything that came from it was taken. */
  abstract void ended();

  /** Whether this is the client's end. */
  abstract boolean isClient();

  final SocketChannel channel() {
    return channel;
  }

  /** Asks for one more message. */
  final void next() {
    wanted = true;
    deliver();
    if (wanted && !gone) {
      channel.read();
    }
  }

  /**
   * Notices the end of the connection although no message is wanted now; what comes is kept, at
   * most what one read brings.
   */
  final void watch() {
    channel.read();
  }

  /** Whether something came that was not asked for. */
  final boolean hasMore() {
    return !inbox.isEmpty();
  }

  /** Writes a message here, and asks the one that it came from for another when there is room. */
  final void send(Object message, Inlet from) {
    channel.writeAndFlush(message).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    if (channel.isWritable()) {
      from.next();
    } else {
      waitsForRoom = from;
      from.stall.begin();
    }
  }

  /**
   * Closes after what was written, and takes nothing more.
   *
   * @param seconds how long the other end may take nothing of that
   */
  final void finish(long seconds) {
    abandon();
    Outputs.close(channel, seconds);
  }

  /** The same with a reset: the other end must not take what was written for the whole. */
  final void reset(long seconds) {
    abandon();
    Outputs.reset(channel, seconds);
  }

  /** Whether the connection did not end in order. */
  final boolean isBroken() {
    return broken;
  }

  /** Closes at once, and takes nothing more. */
  final void close() {
    abandon();
    channel.close();
  }

  private void abandon() {
    abandoned = true;
    releaseInbox();
  }

  private void releaseInbox() {
    while (!inbox.isEmpty()) {
      ReferenceCountUtil.release(inbox.remove());
    }
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      while (wanted && !inbox.isEmpty()) {
        wanted = false;
        take(inbox.remove());
      }
    } finally {
      delivering = false;
    }
    if (gone && wanted && inbox.isEmpty()) {
      end();
    }
  }

  private void end() {
    if (!over) {
      over = true;
      ended();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (abandoned || broken) {
      ReferenceCountUtil.release(message);
    } else {
      inbox.add(message);
      deliver();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (wanted && !gone) {
      channel.read();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Inlet waiting = waitsForRoom;
    if (waiting != null && channel.isWritable()) {
      waitsForRoom = null;
      waiting.stall.end();
      waiting.next();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    gone = true;
    if (inbox.isEmpty()) {
      end();
    } else {
      deliver();
    }
  }

  /**
   * What came before the end of the connection outlives it: some transports read to the end, wanted
   * or not, as soon as they hear of it.
   */
  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (!gone) {
      releaseInbox();
    }
  }

  /**
   * Hears of reads that fail, and of writes: a reset is told to the first that asks only. The codec
   * takes the end that follows for the one of an answer without a length.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    broken |= !(cause instanceof ClosedChannelException);
    log.debug("a proxied connection broke: {}", cause.toString());
    context.close();
  }
}
