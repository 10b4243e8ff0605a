package dev.atoll.worker.tunnel;

import java.util.Optional;

/**
 * A port of a sandbox that can be reached.
 *
 * @param port the sandbox's
 * @param encrypted where TLS is spoken
 * @param unencrypted where plain TCP is taken, for a port that was opened so
 */
public record Tunnel(int port, Endpoint encrypted, Optional<Endpoint> unencrypted) {
  /** A host's name or address, and its port. */
  public record Endpoint(String host, int port) {}
}
