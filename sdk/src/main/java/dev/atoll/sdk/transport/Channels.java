package dev.atoll.sdk.transport;

import io.grpc.Channel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * One HTTP/2 connection for each server, made when it is first used: a command router at the
 * control plane's own address shares its connection.
 */
public final class Channels implements AutoCloseable {
  private static final int LARGEST_MESSAGE = 100 << 20;
  private static final int FLOW_CONTROL_WINDOW = 8 << 20;
  private static final int KEEP_ALIVE_SECONDS = 30;
  private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 10;

  private final ConcurrentHashMap<Endpoint, PromptChannel> channels = new ConcurrentHashMap<>();
  private final Optional<SSLContext> sslContext;
  private final String userAgent;
  private volatile boolean closed;

  /** Creates an empty set; the context, if any, replaces the system's trust store. */
  public Channels(Optional<SSLContext> sslContext, String userAgent) {
    this.sslContext = sslContext;
    this.userAgent = userAgent;
  }

  /** The connection to the given server. */
  public Channel to(Endpoint endpoint) {
    PromptChannel channel = channels.computeIfAbsent(endpoint, this::create);
    if (closed) {
      channel.shutdownNow();
    }
    return channel;
  }

  /** Whether {@link #close} was called. */
  public boolean isClosed() {
    return closed;
  }

  /** Ends every connection and the calls on it. */
  @Override
  public void close() {
    closed = true;
    channels.values().forEach(PromptChannel::shutdownNow);
  }

  private PromptChannel create(Endpoint endpoint) {
    OkHttpChannelBuilder builder =
        OkHttpChannelBuilder.forAddress(endpoint.host(), endpoint.port())
            .userAgent(userAgent)
            .disableRetry()
            .maxInboundMessageSize(LARGEST_MESSAGE)
            .flowControlWindow(FLOW_CONTROL_WINDOW)
            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true);
    if (endpoint.plaintext()) {
      builder.usePlaintext();
    } else {
      sslContext.ifPresent(context -> builder.sslSocketFactory(context.getSocketFactory()));
    }
    return new PromptChannel(builder.build());
  }
}
