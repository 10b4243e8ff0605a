package dev.atoll.sdk;

import dev.atoll.protocol.modal.TunnelData;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;

/**
 * How a port of a sandbox is reached.
 *
 * @param containerPort the port inside the sandbox
 * @param host where TLS is spoken: a name that the server's certificate is for
 * @param port where TLS is spoken
 * @param unencrypted where plain TCP is taken, not resolved; empty for a port that wasn't opened so
 */
public record Tunnel(
    int containerPort, String host, int port, Optional<InetSocketAddress> unencrypted) {
  private static final int HTTPS = 443;

  static Tunnel of(TunnelData data) {
    return new Tunnel(
        data.getContainerPort(),
        data.getHost(),
        data.getPort(),
        data.hasUnencryptedHost()
            ? Optional.of(
                InetSocketAddress.createUnresolved(
                    data.getUnencryptedHost(), data.getUnencryptedPort()))
            : Optional.empty());
  }

  /** Such as {@code https://localhost:41234}. */
  public URI url() {
    return URI.create("https://" + host + (port == HTTPS ? "" : ":" + port));
  }
}
