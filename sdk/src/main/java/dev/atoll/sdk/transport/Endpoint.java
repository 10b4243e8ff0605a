package dev.atoll.sdk.transport;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/**
 * Where a server listens.
 *
 * @param host a name or an address, IPv6 in brackets
 * @param port 1-65535
 * @param plaintext HTTP/2 with prior knowledge instead of TLS
 */
public record Endpoint(String host, int port, boolean plaintext) {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /**
   * Reads {@code http://host[:port]} or {@code https://host[:port]}; the ports default to 80 and
   * 443.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Endpoint parse(String url) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme();
      boolean plaintext = "http".equals(scheme);
      if (uri.getHost() == null || !(plaintext || "https".equals(scheme))) {
        throw new IllegalArgumentException(wrong(url));
      }
      int port = uri.getPort() == -1 ? (plaintext ? 80 : 443) : uri.getPort();
      return new Endpoint(uri.getHost(), port, plaintext);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(wrong(url), e);
    }
  }

  /** Whether the host is this machine by its usual names. */
  public boolean isLoopback() {
    return LOOPBACK.contains(host);
  }

  /**
   * The endpoint of a command router that this control plane named. One on loopback is spoken to as
   * the control plane there is, whatever scheme its URL has: in plaintext, or by TLS. Any other
   * control plane must name an https URL.
   *
   * @throws IllegalArgumentException if the URL breaks that rule
   */
  public Endpoint router(String url) {
    Endpoint named = parse(url);
    if (isLoopback()) {
      return new Endpoint(named.host, named.port, plaintext);
    }
    if (named.plaintext) {
      throw new IllegalArgumentException(
          "The server named a command router without TLS, which is allowed on loopback only: "
              + url);
    }
    return named;
  }

  /** Host and port as one string. */
  public String authority() {
    return host + ":" + port;
  }

  private static String wrong(String url) {
    return "A server URL looks like http://127.0.0.1:7070 or https://host, not like '" + url + "'";
  }
}
