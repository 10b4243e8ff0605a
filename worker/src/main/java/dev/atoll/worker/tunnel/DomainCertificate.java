package dev.atoll.worker.tunnel;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * An operator's certificate for all names directly below a domain. Immutable.
 *
 * @param chain the certificate, then those that lead to the authority
 * @param key its private key
 */
record DomainCertificate(List<X509Certificate> chain, PrivateKey key) {
  private static final long LARGEST_FILE = 1 << 20;

  /**
   * Reads and checks the files of a domain.
   *
   * @throws AtollException FAILED_PRECONDITION with the file and what is wrong with it, without
   *     what is in it
   */
  static DomainCertificate read(TunnelSettings.Domain domain) {
    List<X509Certificate> chain = certificates(domain.certificate());
    DomainCertificate read = new DomainCertificate(chain, privateKey(domain.key()));
    read.checkNames(domain);
    read.checkTime(domain.certificate());
    read.checkOrder(domain.certificate());
    read.checkKey(domain);
    return read;
  }

  /** When it expires. */
  Instant end() {
    return chain.getFirst().getNotAfter().toInstant();
  }

  private static List<X509Certificate> certificates(Path file) {
    List<X509Certificate> chain = new ArrayList<>();
    for (Object object : objects(file)) {
      if (object instanceof X509CertificateHolder certificate) {
        try {
          chain.add(new JcaX509CertificateConverter().getCertificate(certificate));
        } catch (GeneralSecurityException malformed) {
          throw wrong(file, "holds a certificate that can't be read");
        }
      }
    }
    if (chain.isEmpty()) {
      throw wrong(file, "holds no certificate in PEM ('-----BEGIN CERTIFICATE-----')");
    }
    return List.copyOf(chain);
  }

  private static PrivateKey privateKey(Path file) {
    for (Object object : objects(file)) {
      Optional<PrivateKeyInfo> found =
          switch (object) {
            case PrivateKeyInfo plain -> Optional.of(plain); // PKCS #8
            case PEMKeyPair pair -> Optional.of(pair.getPrivateKeyInfo()); // PKCS #1, SEC 1
            case PKCS8EncryptedPrivateKeyInfo _ -> throw encrypted(file);
            case PEMEncryptedKeyPair _ -> throw encrypted(file);
            default -> Optional.empty();
          };
      if (found.isPresent()) {
        try {
          return new JcaPEMKeyConverter().getPrivateKey(found.get());
        } catch (IOException unsupported) {
          throw wrong(file, "holds a key of a kind that Java doesn't know");
        }
      }
    }
    throw wrong(file, "holds no private key in PEM ('-----BEGIN PRIVATE KEY-----')");
  }

  private static AtollException encrypted(Path file) {
    return wrong(file, "has a pass phrase, which a server can't be asked for: remove it");
  }

  private static List<Object> objects(Path file) {
    List<Object> objects = new ArrayList<>();
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw wrong(file, "is larger than 1 MiB");
      }
      try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
        for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
          objects.add(next);
        }
      }
      return objects;
    } catch (NoSuchFileException missing) {
      throw wrong(file, "does not exist");
    } catch (AccessDeniedException closed) {
      throw wrong(file, "can't be read by the server's user");
    } catch (CharacterCodingException binary) {
      throw wrong(file, "is no text: PEM is needed, not DER");
    } catch (IOException malformed) {
      throw wrong(file, "can't be read as PEM");
    }
  }

  private void checkNames(TunnelSettings.Domain domain) {
    String wanted = "*." + domain.name();
    List<String> names = names(domain.certificate());
    if (names.stream().noneMatch(wanted::equalsIgnoreCase)) {
      throw wrong(
          domain.certificate(),
          "is for %s, not for %s"
              .formatted(names.isEmpty() ? "no host name" : String.join(", ", names), wanted));
    }
  }

  /** Its DNS names; the subject is not looked at by clients either (RFC 9525). */
  private List<String> names(Path file) {
    try {
      Collection<List<?>> names =
          Optional.ofNullable(chain.getFirst().getSubjectAlternativeNames()).orElse(List.of());
      return names.stream()
          .filter(name -> name.getFirst().equals(GeneralName.dNSName))
          .map(name -> String.valueOf(name.get(1)))
          .toList();
    } catch (CertificateParsingException malformed) {
      throw wrong(file, "holds a certificate whose names can't be read");
    }
  }

  private void checkTime(Path file) {
    Instant now = Instant.now();
    Instant begin = chain.getFirst().getNotBefore().toInstant();
    if (end().isBefore(now)) {
      throw wrong(file, "expired at " + end());
    }
    if (begin.isAfter(now)) {
      throw wrong(file, "is valid from " + begin + " only");
    }
  }

  private void checkOrder(Path file) {
    for (int i = 1; i < chain.size(); i++) {
      try {
        chain.get(i - 1).verify(chain.get(i).getPublicKey());
      } catch (GeneralSecurityException other) {
        throw wrong(
            file,
            "is in disorder: the certificate for the domain comes first, then each one's issuer,"
                + " and certificate "
                + i
                + " was not signed by the one after it");
      }
    }
  }

  private void checkKey(TunnelSettings.Domain domain) {
    if (!isKeyOf(chain.getFirst())) {
      throw wrong(
          domain.key(), "is not the key of the certificate in '" + domain.certificate() + "'");
    }
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

  private static AtollException wrong(Path file, String what) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION, "tunnels: '%s' %s".formatted(file, what));
  }

  /** The key never shows. */
  @Override
  public String toString() {
    return "DomainCertificate[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
