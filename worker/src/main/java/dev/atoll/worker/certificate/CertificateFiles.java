package dev.atoll.worker.certificate;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.nio.file.Path;

/**
 * Where an operator keeps a certificate.
 *
 * @param what what it is for, in one word, as messages begin with it
 * @param certificate a PEM file: the certificate, then those that lead to the authority which
 *     clients trust
 * @param key a PEM file: its private key, without a pass phrase
 */
public record CertificateFiles(String what, Path certificate, Path key) {
  /** A failure that names one of the files. */
  public AtollException wrong(Path file, String why) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION, "%s: '%s' %s".formatted(what, file, why));
  }
}
