package dev.atoll.worker.tunnel;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where tunnels are, and under which names.
 *
 * @param address where they listen
 * @param domain absent: each has a port of its own on this host, under this host's own name
 */
public record TunnelSettings(InetAddress address, Optional<Domain> domain) {
  /**
   * A domain below which each tunnel has a host name of its own.
   *
   * @param name in lower case, such as {@code sandboxes.example.org}
   * @param certificate a PEM file: the certificate for {@code *.name}, then those that lead to the
   *     authority which clients trust
   * @param key a PEM file: the certificate's private key, without a pass phrase
   * @param port where all of them listen; 0 takes a free one
   * @param advertisedPort what URLs say, when something forwards another port here; absent: {@code
   *     port}
   */
  public record Domain(
      String name, Path certificate, Path key, int port, OptionalInt advertisedPort) {}

  /** On an address, without a domain. */
  public static TunnelSettings local(InetAddress address) {
    return new TunnelSettings(address, Optional.empty());
  }
}
