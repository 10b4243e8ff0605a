package dev.atoll.worker.tunnel;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** What an operator has for a domain: a certificate and a key in two files, signed by somebody. */
final class DomainFiles {
  static final String DOMAIN = "sandboxes.example.org";

  final Path certificate;
  final Path key;
  final KeyPair authorityKey;
  final X509Certificate authority;

  DomainFiles(Path folder) throws IOException, GeneralSecurityException {
    certificate = folder.resolve("fullchain.pem");
    key = folder.resolve("privkey.pem");
    authorityKey = Issuing.keyPair();
    authority = sign("An authority", authorityKey, "Root", Duration.ofDays(-1), Duration.ofDays(9));
    renew("*." + DOMAIN, Duration.ofDays(-1), Duration.ofDays(90));
  }

  TunnelSettings.Domain settings() {
    return new TunnelSettings.Domain(DOMAIN, certificate, key, 0, OptionalInt.empty());
  }

  /** Writes new files; the certificate is valid from and to that time from now. */
  final void renew(String name, Duration from, Duration to)
      throws IOException, GeneralSecurityException {
    KeyPair pair = Issuing.keyPair();
    X509Certificate leaf = sign(name, pair, name, from, to);
    Files.writeString(certificate, pem(leaf) + pem(authority));
    Files.writeString(key, pem(new JcaPKCS8Generator(pair.getPrivate(), null).generate()));
  }

  static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  /** For clients that trust the authority. */
  SSLContext clientContext() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("authority", authority);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private X509Certificate sign(
      String subject, KeyPair pair, String name, Duration from, Duration to)
      throws IOException, GeneralSecurityException {
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=An authority"),
            BigInteger.valueOf(System.nanoTime()),
            Date.from(now.plus(from)),
            Date.from(now.plus(to)),
            new X500Name("CN=" + subject),
            pair.getPublic());
    builder.addExtension(
        Extension.basicConstraints, true, new BasicConstraints(pair.equals(authorityKey)));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKey.getPrivate())));
    } catch (OperatorCreationException unsupported) {
      throw new GeneralSecurityException(unsupported);
    }
  }
}
