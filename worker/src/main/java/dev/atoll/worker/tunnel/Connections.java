package dev.atoll.worker.tunnel;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import java.util.concurrent.atomic.AtomicInteger;

/** The connections of one task: counted, bounded, and all closed with it. Thread-safe. */
final class Connections {
  /** So many at once; beyond them a client is turned away. */
  static final int MOST = 512;

  private final ChannelGroup channels;
  private final Activity activity;
  private final AtomicInteger open = new AtomicInteger();

  Connections(ChannelGroup channels, Activity activity) {
    this.channels = channels;
    this.activity = activity;
  }

  /**
   * Takes a client, which counts as activity until it is gone; closes it when there are too many.
   */
  boolean takeOrClose(Channel client) {
    if (open.incrementAndGet() > MOST) {
      open.decrementAndGet();
      client.close();
      return false;
    }
    activity.hold();
    client
        .closeFuture()
        .addListener(
            gone -> {
              open.decrementAndGet();
              activity.release();
            });
    add(client);
    return true;
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
}
