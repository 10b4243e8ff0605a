package dev.atoll.worker.certificate;

import dev.atoll.errors.AtollException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * A certificate that an operator has given the server, with its key. Immutable.
 *
 * @param chain the certificate, then those that lead to the authority
 * @param key its private key
 */
public record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
  /**
   * Reads and checks two files, or one that holds both.
   *
   * @throws AtollException FAILED_PRECONDITION with the file and what is wrong with it, without
   *     what is in it
   */
  public static ServerCertificate read(CertificateFiles files) {
    Reader reader = new Reader(files);
    ServerCertificate read =
        new ServerCertificate(
            reader.certificates(files.certificate()), reader.privateKey(files.key()));
    reader.checkTime(read);
    reader.checkOrder(read);
    if (!read.isKeyOf(read.chain.getFirst())) {
      throw files.wrong(
          files.key(), "is not the key of the certificate in '" + files.certificate() + "'");
    }
    return read;
  }

  /** When it expires. */
  public Instant end() {
    return chain.getFirst().getNotAfter().toInstant();
  }

  /**
   * Its DNS names; the subject is not looked at by clients either (RFC 9525).
   *
   * @throws CertificateParsingException when they can't be read
   */
  public List<String> names() throws CertificateParsingException {
    Collection<List<?>> names =
        Optional.ofNullable(chain.getFirst().getSubjectAlternativeNames()).orElse(List.of());
    return names.stream()
        .filter(name -> name.getFirst().equals(GeneralName.dNSName))
        .map(name -> String.valueOf(name.get(1)))
        .toList();
  }

  private boolean isKeyOf(X509Certificate certificate) {
    byte[] anything = {1, 2, 3};
    try {
      Signature signature = Signature.getInstance(algorithm());
      signature.initSign(key);
      signature.update(anything);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(anything);
      return signature.verify(signed);
    } catch (GeneralSecurityException different) {
      return false;
    }
  }

  private String algorithm() {
    return switch (key.getAlgorithm()) {
      case "EC", "ECDSA" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> key.getAlgorithm(); // Ed25519, Ed448
    };
  }

  /** The key never shows. */
  @Override
  public String toString() {
    return "ServerCertificate[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
