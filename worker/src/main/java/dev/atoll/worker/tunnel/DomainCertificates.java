package dev.atoll.worker.tunnel;

import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of a domain as its files have it now. Files that are renewed are used from their
 * next check on, by new connections; while they are wrong the old certificate stays. Thread-safe.
 */
final class DomainCertificates {
  /** An operator should know of an end that is this near: renewals come earlier. */
  private static final Duration NEAR = Duration.ofDays(14);

  private static final Duration WARNING_INTERVAL = Duration.ofDays(1);
  private static final Logger log = LoggerFactory.getLogger(DomainCertificates.class);

  private final TunnelSettings.Domain domain;
  private DomainCertificate present;
  private Instant warned = Instant.MIN;
  private String complaint = "";
  private volatile TlsContexts contexts;

  private DomainCertificates(
      TunnelSettings.Domain domain, DomainCertificate present, TlsContexts contexts) {
    this.domain = domain;
    this.present = present;
    this.contexts = contexts;
  }

  /**
   * Reads the files for the first time.
   *
   * @throws AtollException FAILED_PRECONDITION with what is wrong with them
   * @throws IOException when Java can't use the key for TLS
   */
  static DomainCertificates open(TunnelSettings.Domain domain) throws IOException {
    DomainCertificate certificate = DomainCertificate.read(domain);
    DomainCertificates opened =
        new DomainCertificates(
            domain, certificate, TlsContexts.of(certificate.key(), certificate.chain()));
    opened.warnOfEnd();
    return opened;
  }

  /** What new connections get. */
  TlsContexts current() {
    return contexts;
  }

  /** Looks at the files again. Blocks while they are read. */
  synchronized void check() {
    try {
      DomainCertificate read = DomainCertificate.read(domain);
      if (!read.equals(present)) {
        contexts = TlsContexts.of(read.key(), read.chain());
        present = read;
        warned = Instant.MIN;
        log.info("tunnels have the renewed certificate of *.{}, to {}", domain.name(), read.end());
      }
      complaint = "";
    } catch (AtollException | IOException wrong) {
      complain(String.valueOf(wrong.getMessage()));
    }
    warnOfEnd();
  }

  /** Once for each complaint. */
  private void complain(String what) {
    if (complaint.equals(what)) {
      return;
    }
    complaint = what;
    log.warn("the renewed certificate is not used, the last good one is: {}", what);
  }

  private void warnOfEnd() {
    Instant now = Instant.now();
    if (present.end().isBefore(now.plus(NEAR)) && warned.isBefore(now.minus(WARNING_INTERVAL))) {
      warned = now;
      log.warn("the certificate in {} expires at {}", domain.certificate(), present.end());
    }
  }
}
