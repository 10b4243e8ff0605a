package dev.atoll.worker.tunnel;

import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate in use.
 *
 * @param http1 for TLS in which HTTP/1.1, or anything else, is spoken
 * @param h2 for TLS in which HTTP/2 is spoken
 */
record TlsContexts(SslContext http1, SslContext h2) {
  /** So long a client that doesn't read can hold the end of its sandbox up. */
  private static final long LAST_WORD_MILLIS = 500;

  private static final long HANDSHAKE_MILLIS = 10_000;

  /** A certificate, followed by those that lead to the authority, and its key. */
  static TlsContexts of(PrivateKey key, List<X509Certificate> chain) throws IOException {
    return new TlsContexts(context(key, chain, "http/1.1"), context(key, chain, "h2"));
  }

  /** TLS for one connection; its client has 10 seconds for the handshake. */
  static SslHandler handler(SslContext context, SocketChannel client) {
    SslHandler handler = context.newHandler(client.alloc());
    handler.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
    handler.setCloseNotifyFlushTimeoutMillis(LAST_WORD_MILLIS);
    return handler;
  }

  /** The one for HTTP/2, or the other. */
  SslContext speaking(boolean http2) {
    return http2 ? h2 : http1;
  }

  /** Clients that know no ALPN, or other protocols only, are welcome without it. */
  private static SslContext context(PrivateKey key, List<X509Certificate> chain, String protocol)
      throws IOException {
    return SslContextBuilder.forServer(key, chain)
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
