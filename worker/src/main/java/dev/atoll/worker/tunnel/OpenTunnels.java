package dev.atoll.worker.tunnel;

import io.netty.channel.group.ChannelGroup;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners, host names and connections of one task. Thread-safe. */
public final class OpenTunnels implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OpenTunnels.class);
  private static final long CLOSE_MILLIS = 2_000;

  private final List<Tunnel> tunnels;
  private final List<PublishedName> names;
  private final List<ChannelGroup> channels;

  private OpenTunnels(
      List<Tunnel> tunnels, List<PublishedName> names, List<ChannelGroup> channels) {
    this.tunnels = List.copyOf(tunnels);
    this.names = List.copyOf(names);
    this.channels = List.copyOf(channels);
  }

  /** Of a task without ports. */
  public static OpenTunnels none() {
    return new OpenTunnels(List.of(), List.of(), List.of());
  }

  static OpenTunnels of(List<Tunnel> tunnels, List<PublishedName> names, ChannelGroup channels) {
    return new OpenTunnels(tunnels, names, List.of(channels));
  }

  /** Where each port is reached, in the order in which they were asked for. */
  public List<Tunnel> tunnels() {
    return tunnels;
  }

  /** Takes no connection any more and cuts those that there are. Idempotent. Milliseconds. */
  @Override
  public void close() {
    names.forEach(PublishedName::close);
    for (ChannelGroup group : channels) {
      if (!group.close().awaitUninterruptibly(CLOSE_MILLIS)) {
        log.warn("some connections of tunnels are not closed yet");
      }
    }
  }
}
