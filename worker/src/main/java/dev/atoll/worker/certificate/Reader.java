package dev.atoll.worker.certificate;

import dev.atoll.errors.AtollException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Reads PEM (RFC 7468), and says what is wrong with it. */
final class Reader {
  private static final long LARGEST_FILE = 1 << 20;

  private final CertificateFiles files;

  Reader(CertificateFiles files) {
    this.files = files;
  }

  List<X509Certificate> certificates(Path file) {
    List<X509Certificate> chain = new ArrayList<>();
    for (Object object : objects(file)) {
      if (object instanceof X509CertificateHolder certificate) {
        try {
          chain.add(new JcaX509CertificateConverter().getCertificate(certificate));
        } catch (GeneralSecurityException malformed) {
          throw files.wrong(file, "holds a certificate that can't be read");
        }
      }
    }
    if (chain.isEmpty()) {
      throw files.wrong(file, "holds no certificate in PEM ('-----BEGIN CERTIFICATE-----')");
    }
    return List.copyOf(chain);
  }

  PrivateKey privateKey(Path file) {
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
          throw files.wrong(file, "holds a key of a kind that Java doesn't know");
        }
      }
    }
    throw files.wrong(file, "holds no private key in PEM ('-----BEGIN PRIVATE KEY-----')");
  }

  private AtollException encrypted(Path file) {
    return files.wrong(file, "has a pass phrase, which a server can't be asked for: remove it");
  }

  private List<Object> objects(Path file) {
    List<Object> objects = new ArrayList<>();
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw files.wrong(file, "is larger than 1 MiB");
      }
      try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
        for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
          objects.add(next);
        }
      }
      return objects;
    } catch (NoSuchFileException missing) {
      throw files.wrong(file, "does not exist");
    } catch (AccessDeniedException closed) {
      throw files.wrong(file, "can't be read by the server's user");
    } catch (CharacterCodingException binary) {
      throw files.wrong(file, "is no text: PEM is needed, not DER");
    } catch (IOException malformed) {
      throw files.wrong(file, "can't be read as PEM");
    }
  }

  void checkTime(ServerCertificate read) {
    Path file = files.certificate();
    Instant now = Instant.now();
    Instant begin = read.chain().getFirst().getNotBefore().toInstant();
    if (read.end().isBefore(now)) {
      throw files.wrong(file, "expired at " + read.end());
    }
    if (begin.isAfter(now)) {
      throw files.wrong(file, "is valid from " + begin + " only");
    }
  }

  void checkOrder(ServerCertificate read) {
    List<X509Certificate> chain = read.chain();
    for (int i = 1; i < chain.size(); i++) {
      try {
        chain.get(i - 1).verify(chain.get(i).getPublicKey());
      } catch (GeneralSecurityException other) {
        throw files.wrong(
            files.certificate(),
            "is in disorder: the server's certificate comes first, then each one's issuer,"
                + " and certificate "
                + i
                + " was not signed by the one after it");
      }
    }
  }
}
