package dev.atoll.worker.tunnel;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What tunnels show to their clients: a key that never leaves this process. Thread-safe. */
final class Certificates {
  /** After this time new tunnels get another one; open ones keep theirs, which lasts. */
  private static final Duration RENEWAL = Duration.ofDays(30);

  private final Authority authority;
  private @Nullable Leaf leaf;

  Certificates(Authority authority) {
    this.authority = authority;
  }

  /**
   * A certificate in use.
   *
   * @param http1 for TLS in which HTTP/1.1, or anything else, is spoken
   * @param h2 for TLS in which HTTP/2 is spoken
   */
  record Leaf(SslContext http1, SslContext h2, long madeAtNanos) {
    private boolean isFresh() {
      return System.nanoTime() - madeAtNanos < RENEWAL.toNanos();
    }
  }

  /** The one that new tunnels get. */
  synchronized Leaf current() throws IOException {
    Leaf present = leaf;
    if (present == null || !present.isFresh()) {
      present = issue();
      leaf = present;
    }
    return present;
  }

  private Leaf issue() throws IOException {
    try {
      KeyPair pair = Issuing.keyPair();
      X509Certificate certificate = Issuing.leaf(authority, pair.getPublic());
      return new Leaf(
          context(pair, certificate, "http/1.1"),
          context(pair, certificate, "h2"),
          System.nanoTime());
    } catch (GeneralSecurityException unsupported) {
      throw new IOException(
          "no certificate for tunnels can be made: " + unsupported.getMessage(), unsupported);
    }
  }

  /** Clients that know no ALPN, or other protocols only, are welcome without it. */
  private static SslContext context(KeyPair pair, X509Certificate certificate, String protocol)
      throws IOException {
    return SslContextBuilder.forServer(pair.getPrivate(), certificate)
        .sslProvider(SslProvider.JDK)
        .protocols("TLSv1.3", "TLSv1.2")
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                protocol))
        .build();
  }
}
