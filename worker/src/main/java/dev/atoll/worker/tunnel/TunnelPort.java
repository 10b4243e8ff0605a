package dev.atoll.worker.tunnel;

/**
 * A port of a sandbox that shall be reached from outside.
 *
 * @param number 1 to 65535
 * @param kind how
 */
public record TunnelPort(int number, Kind kind) {
  /** How a port is reached. */
  public enum Kind {
    /** TLS that is ended here; what is inside is HTTP/1.1 or anything else. */
    ENCRYPTED,
    /** As ENCRYPTED, and HTTP/2 is negotiated (ALPN, RFC 7301). */
    H2,
    /** Plain TCP; beside it TLS as for ENCRYPTED. */
    UNENCRYPTED
  }
}
