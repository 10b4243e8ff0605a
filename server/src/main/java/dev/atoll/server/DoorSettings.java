package dev.atoll.server;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where and how a server is reached.
 *
 * @param listen {@code listen}: host and port of the door; port 0 takes a free one. Another address
 *     than a loopback one needs {@code tls}, or {@code plaintext}. Default 127.0.0.1:7070
 * @param publicUrl {@code publicUrl}: what clients are told as the address of the exec path, such
 *     as {@code https://atoll.example.org}. Default: the address that they have dialled
 * @param tls the door's certificate. Default none
 * @param plaintext {@code plaintextBeyondLoopback: allowed}: whether the network may carry what is
 *     not encrypted. Default no
 * @param limits what one client may take
 * @param auditBytes {@code auditSize}: the most bytes of the audit log's files together, 1MiB or
 *     more. Default 256MiB
 */
public record DoorSettings(
    InetSocketAddress listen,
    Optional<String> publicUrl,
    Optional<TlsFiles> tls,
    boolean plaintext,
    DoorLimits limits,
    long auditBytes) {
  public DoorSettings {
    ListenAddress.check(listen, tls.isPresent() || plaintext);
    publicUrl.ifPresent(DoorSettings::checkUrl);
    SettingRules.check(auditBytes >= 1 << 20, "auditSize must be at least 1MiB");
  }

  /**
   * The door's certificate. Renewed files are used without a restart.
   *
   * @param certificate {@code certificate}: absolute path of a PEM file with the certificate,
   *     followed by its issuers'
   * @param key {@code key}: absolute path of a PEM file with its private key
   */
  public record TlsFiles(Path certificate, Path key) {
    public TlsFiles {
      SettingRules.check(certificate.isAbsolute(), "certificate must be an absolute path");
      SettingRules.check(key.isAbsolute(), "key must be an absolute path");
    }
  }

  /**
   * What clients may take. Whoever wants more is told so, or waits.
   *
   * @param message {@code maximumMessage}: the largest message of a call, in bytes, 64KiB to 1GiB;
   *     RESOURCE_EXHAUSTED. Default 100MiB, as much as official clients take
   * @param headers {@code maximumHeaders}: the largest headers of a call, 8KiB to 1MiB; status 431.
   *     Default 64KiB
   * @param streams {@code maximumStreams}: the most calls at once of a connection; its client holds
   *     further ones back. Default 10000
   * @param connections {@code maximumConnections}: the most connections; further ones are hung up
   *     on. Default 8192
   * @param connectionsOfAddress {@code maximumConnectionsPerAddress}: the same, of one address.
   *     Default 1024
   * @param callsPerSecond {@code callsPerSecond}: the most calls of a token, averaged over 5
   *     seconds; RESOURCE_EXHAUSTED, with the time after which it may call again. Default 2000
   * @param idle {@code idleConnectionTimeout}: after so long without a call and without a sign of
   *     life (PING) a connection is ended, 5s to 24h. Default 5m
   */
  public record DoorLimits(
      long message,
      long headers,
      int streams,
      int connections,
      int connectionsOfAddress,
      int callsPerSecond,
      Duration idle) {
    public DoorLimits {
      SettingRules.check(
          message >= 64 << 10 && message <= 1 << 30, "maximumMessage must be from 64KiB to 1GiB");
      SettingRules.check(
          headers >= 8 << 10 && headers <= 1 << 20, "maximumHeaders must be from 8KiB to 1MiB");
      SettingRules.check(streams >= 1, "maximumStreams must be at least 1");
      SettingRules.check(connections >= 1, "maximumConnections must be at least 1");
      SettingRules.check(
          connectionsOfAddress >= 1, "maximumConnectionsPerAddress must be at least 1");
      SettingRules.check(callsPerSecond >= 1, "callsPerSecond must be at least 1");
      SettingRules.check(
          idle.toSeconds() >= 5 && idle.toHours() <= 24,
          "idleConnectionTimeout must be from 5s to 24h");
    }
  }

  /** The same on another address. */
  DoorSettings withListen(InetSocketAddress other) {
    return new DoorSettings(other, publicUrl, tls, plaintext, limits, auditBytes);
  }

  private static void checkUrl(String url) {
    boolean good;
    try {
      URI uri = new URI(url);
      good =
          "https".equals(uri.getScheme())
              && uri.getHost() != null
              && uri.getPort() != 0
              && uri.getPort() <= 65_535
              && uri.getRawUserInfo() == null
              && uri.getRawPath().isEmpty()
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
    } catch (URISyntaxException malformed) {
      good = false;
    }
    SettingRules.check(
        good,
        "publicUrl must be https:// with a host and perhaps a port, such as"
            + " https://atoll.example.org: official clients take no other");
  }
}
