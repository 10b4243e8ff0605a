package dev.atoll.worker.tunnel;

import dev.atoll.errors.AtollException;
import dev.atoll.worker.certificate.CertificateFiles;
import dev.atoll.worker.certificate.CertificateWatch;
import dev.atoll.worker.certificate.ServerCertificate;
import java.io.IOException;
import java.security.cert.CertificateParsingException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificate for all names directly below a domain, as its files have it now. Thread-safe. */
final class DomainCertificates {
  private static final Logger log = LoggerFactory.getLogger(DomainCertificates.class);

  private final CertificateWatch watch;
  private ServerCertificate used;
  private volatile TlsContexts contexts;

  private DomainCertificates(CertificateWatch watch) throws IOException {
    this.watch = watch;
    used = watch.current();
    contexts = TlsContexts.of(used.key(), used.chain());
  }

  /**
   * Reads the files for the first time.
   *
   * @throws AtollException FAILED_PRECONDITION with what is wrong with them
   * @throws IOException when Java can't use the key for TLS
   */
  static DomainCertificates open(TunnelSettings.Domain domain) throws IOException {
    return new DomainCertificates(CertificateWatch.open(files(domain), () -> read(domain)));
  }

  /**
   * Reads and checks the files of a domain.
   *
   * @throws AtollException FAILED_PRECONDITION with the file and what is wrong with it, without
   *     what is in it
   */
  static ServerCertificate read(TunnelSettings.Domain domain) {
    CertificateFiles files = files(domain);
    ServerCertificate read = ServerCertificate.read(files);
    String wanted = "*." + domain.name();
    List<String> names;
    try {
      names = read.names();
    } catch (CertificateParsingException malformed) {
      throw files.wrong(domain.certificate(), "holds a certificate whose names can't be read");
    }
    if (names.stream().noneMatch(wanted::equalsIgnoreCase)) {
      throw files.wrong(
          domain.certificate(),
          "is for %s, not for %s"
              .formatted(names.isEmpty() ? "no host name" : String.join(", ", names), wanted));
    }
    return read;
  }

  /** What new connections get. */
  TlsContexts current() {
    return contexts;
  }

  /** Looks at the files again. Blocks while they are read. */
  synchronized void check() {
    watch.check();
    ServerCertificate present = watch.current();
    if (present.equals(used)) {
      return;
    }
    try {
      contexts = TlsContexts.of(present.key(), present.chain());
      used = present;
    } catch (IOException unsupported) {
      log.warn("the renewed certificate is not used, the last good one is", unsupported);
    }
  }

  private static CertificateFiles files(TunnelSettings.Domain domain) {
    return new CertificateFiles("tunnels", domain.certificate(), domain.key());
  }
}
