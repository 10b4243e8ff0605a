package dev.atoll.server;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import dev.atoll.worker.certificate.CertificateWatch;
import dev.atoll.worker.certificate.ServerCertificate;

/** Gives each new connection the door's certificate as its files have it. Thread-safe. */
final class WatchedKeyPair implements TlsProvider {
  private final CertificateWatch watch;
  private volatile Made made;

  /** Connections with an equal pair share what TLS keeps for it. */
  private record Made(ServerCertificate from, TlsKeyPair pair) {
    static Made of(ServerCertificate certificate) {
      return new Made(certificate, TlsKeyPair.of(certificate.key(), certificate.chain()));
    }
  }

  WatchedKeyPair(CertificateWatch watch) {
    this.watch = watch;
    made = Made.of(watch.current());
  }

  /** One certificate, whatever name the client asks for. */
  @Override
  public TlsKeyPair keyPair(String hostname) {
    ServerCertificate present = watch.current();
    Made known = made;
    if (!known.from().equals(present)) {
      known = Made.of(present);
      made = known;
    }
    return known.pair();
  }
}
