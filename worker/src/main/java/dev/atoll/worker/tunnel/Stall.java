package dev.atoll.worker.tunnel;

import io.netty.channel.socket.SocketChannel;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Looks after a connection that is not read because nobody takes what it brings. Its reset would
 * not be noticed then: it has to be asked for. Everything here runs on its event loop.
 */
public final class Stall {
  private static final long SECONDS = 5;

  private final SocketChannel channel;
  private final BooleanSupplier resetTells;
  private boolean stalled;
  private boolean looking;

  /**
   * For a connection that is read.
   *
   * @param resetTells whether what it still brings is of no use after a reset, and its closed state
   *     can't be that of an orderly end
   */
  public Stall(SocketChannel channel, BooleanSupplier resetTells) {
    this.channel = channel;
    this.resetTells = resetTells;
  }

  /** It is not read from now on; it is closed some seconds after a reset. */
  public void begin() {
    stalled = true;
    if (!looking) {
      look();
    }
  }

  /** It is read again. */
  public void end() {
    stalled = false;
  }

  boolean isOn() {
    return stalled;
  }

  private void look() {
    looking = true;
    channel.eventLoop().schedule(this::closeWhenReset, SECONDS, TimeUnit.SECONDS);
  }

  private void closeWhenReset() {
    looking = false;
    if (!stalled || !channel.isOpen()) {
      return;
    }
    if (resetTells.getAsBoolean() && Transport.isReset(channel)) {
      channel.pipeline().fireExceptionCaught(new SocketException("reset by the other end"));
    } else {
      look();
    }
  }
}
