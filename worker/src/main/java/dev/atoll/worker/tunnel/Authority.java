package dev.atoll.worker.tunnel;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/**
 * The instance's own certificate authority: one that can vouch for this host's loopback names only
 * (name constraints, RFC 5280, section 4.2.1.10), so that who trusts it trusts nobody else.
 * Immutable.
 */
public final class Authority {
  /** How its file is called in a worker's folder. */
  public static final String FILE = "tunnel-authority.pem";

  /** What is left of it when another takes its place: longer than any sandbox lives. */
  private static final Duration RENEWAL = Duration.ofDays(400);

  private final PrivateKey key;
  private final X509Certificate certificate;

  private Authority(PrivateKey key, X509Certificate certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  /**
   * The authority in a file, which is made with mode 0600 when it is missing or will expire within
   * 400 days. Several processes may do this at once: they get the same one.
   *
   * @throws IOException when the file can't be used; a message without what is in it
   */
  public static Authority open(Path file) throws IOException {
    Optional<Authority> present = read(file);
    if (present.isPresent() && present.get().lasts()) {
      return present.get();
    }
    Path fresh = write(file, make());
    try {
      if (present.isPresent()) {
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } else {
        Files.createLink(file, fresh);
      }
    } catch (FileAlreadyExistsException another) {
      // Somebody else was faster: theirs counts.
    } finally {
      Files.deleteIfExists(fresh);
    }
    return read(file).orElseThrow(() -> new NoSuchFileException(file.toString()));
  }

  /** What clients have to trust, as PEM (RFC 7468). */
  public String certificatePem() throws IOException {
    return pem(certificate);
  }

  PrivateKey key() {
    return key;
  }

  X509Certificate certificate() {
    return certificate;
  }

  private boolean lasts() {
    return certificate.getNotAfter().toInstant().isAfter(Instant.now().plus(RENEWAL));
  }

  private static Authority make() throws IOException {
    try {
      KeyPair pair = Issuing.keyPair();
      return new Authority(pair.getPrivate(), Issuing.authority(pair));
    } catch (GeneralSecurityException unsupported) {
      throw new IOException("no authority can be made: " + unsupported.getMessage(), unsupported);
    }
  }

  private static Path write(Path file, Authority authority) throws IOException {
    Path fresh =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            file.getFileName() + ".",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    String content =
        pem(new JcaPKCS8Generator(authority.key, null).generate()) + authority.certificatePem();
    return Files.writeString(fresh, content, StandardOpenOption.SYNC);
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  private static Optional<Authority> read(Path file) throws IOException {
    try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
      if (parser.readObject() instanceof PrivateKeyInfo key
          && parser.readObject() instanceof X509CertificateHolder certificate) {
        return Optional.of(
            new Authority(
                new JcaPEMKeyConverter().getPrivateKey(key),
                new JcaX509CertificateConverter().getCertificate(certificate)));
      }
      throw unusable(file);
    } catch (NoSuchFileException missing) {
      return Optional.empty();
    } catch (GeneralSecurityException broken) {
      throw unusable(file);
    }
  }

  private static IOException unusable(Path file) {
    return new IOException(
        file + " must hold a key and a certificate: remove it, and another is made");
  }
}
