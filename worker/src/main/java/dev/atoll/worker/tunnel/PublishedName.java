package dev.atoll.worker.tunnel;

/** A host name of a {@link TunnelDomain}, until it is closed. Thread-safe. */
public final class PublishedName implements AutoCloseable {
  private static final int HTTPS = 443;

  private final TunnelDomain domain;
  private final String host;

  PublishedName(TunnelDomain domain, String host) {
    this.domain = domain;
    this.host = host;
  }

  /** The name. */
  public String host() {
    return host;
  }

  /** Where TLS is spoken. */
  public int port() {
    return domain.advertisedPort();
  }

  /** Such as {@code https://NAME.sandboxes.example.org}. */
  public String url() {
    return "https://" + host + (port() == HTTPS ? "" : ":" + port());
  }

  /** From now on nobody knows the name; open connections stay. Idempotent. */
  @Override
  public void close() {
    domain.remove(host);
  }
}
