package dev.atoll.worker.certificate;

import dev.atoll.errors.AtollException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate as its files have it now. Files that are renewed are used from their next check on;
 * while they are wrong the old certificate stays. Thread-safe.
 */
public final class CertificateWatch {
  /** How often files should be looked at. */
  public static final Duration INTERVAL = Duration.ofSeconds(30);

  /** An operator should know of an end that is this near: renewals come earlier. */
  private static final Duration NEAR = Duration.ofDays(14);

  private static final Duration WARNING_INTERVAL = Duration.ofDays(1);
  private static final Logger log = LoggerFactory.getLogger(CertificateWatch.class);

  private final CertificateFiles files;
  private final Supplier<ServerCertificate> reader;
  private Instant warned = Instant.MIN;
  private String complaint = "";
  private volatile ServerCertificate present;

  private CertificateWatch(CertificateFiles files, Supplier<ServerCertificate> reader) {
    this.files = files;
    this.reader = reader;
    present = reader.get();
  }

  /**
   * Reads the files for the first time.
   *
   * @param reader reads and checks them
   * @throws AtollException FAILED_PRECONDITION with what is wrong with them
   */
  public static CertificateWatch open(CertificateFiles files, Supplier<ServerCertificate> reader) {
    CertificateWatch watch = new CertificateWatch(files, reader);
    watch.warnOfEnd();
    return watch;
  }

  /** What new connections get. */
  public ServerCertificate current() {
    return present;
  }

  /** Looks at the files again. Blocks while they are read. */
  public synchronized void check() {
    try {
      ServerCertificate read = reader.get();
      if (!read.equals(present)) {
        present = read;
        warned = Instant.MIN;
        log.info("{}: the renewed certificate is used, to {}", files.what(), read.end());
      }
      complaint = "";
    } catch (AtollException wrong) {
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
      log.warn("the certificate in {} expires at {}", files.certificate(), present.end());
    }
  }
}
