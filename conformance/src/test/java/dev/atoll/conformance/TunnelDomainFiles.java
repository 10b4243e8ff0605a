package dev.atoll.conformance;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * What an operator gives a server that has a domain for tunnels.
 *
 * @param name of the domain
 * @param authority the file of a certificate for clients to trust
 * @param certificate the file of the wildcard certificate
 * @param key the file of its key
 * @param renewed the file of the certificate that comes after it, of the same key
 */
record TunnelDomainFiles(String name, Path authority, Path certificate, Path key, Path renewed) {
  private static final X500Name ISSUER = new X500Name("CN=Authority of the tests");

  /** Makes an authority, and a certificate of it for the names below a domain. */
  static TunnelDomainFiles write(String name, Path folder) throws IOException {
    return write(name, new GeneralNames(new GeneralName(GeneralName.dNSName, "*." + name)), folder);
  }

  /** The same for other names or addresses. */
  static TunnelDomainFiles write(String name, GeneralNames certified, Path folder)
      throws IOException {
    TunnelDomainFiles files =
        new TunnelDomainFiles(
            name,
            folder.resolve("authority.pem"),
            folder.resolve("fullchain.pem"),
            folder.resolve("privkey.pem"),
            folder.resolve("renewed.pem"));
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      KeyPair issuer = generator.generateKeyPair();
      KeyPair pair = generator.generateKeyPair();
      Files.writeString(files.authority, pem(certificate(ISSUER, issuer, issuer, certified)));
      X500Name subject = new X500Name("CN=" + name);
      Files.writeString(files.certificate, pem(certificate(subject, pair, issuer, certified)));
      Files.writeString(files.renewed, pem(certificate(subject, pair, issuer, certified)));
      Files.writeString(files.key, pem(pair.getPrivate()));
      return files;
    } catch (GeneralSecurityException | OperatorCreationException unsupported) {
      throw new IOException(unsupported);
    }
  }

  /** The lines of configuration. */
  String settings() {
    return """
    tunnelDomain: %s
    tunnelCertificate: %s
    tunnelKey: %s
    tunnelPort: 0
    """
        .formatted(name, certificate, key);
  }

  private static X509CertificateHolder certificate(
      X500Name subject, KeyPair pair, KeyPair issuer, GeneralNames names)
      throws IOException, OperatorCreationException {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
            ISSUER,
            BigInteger.valueOf(System.nanoTime()),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(Duration.ofDays(30))),
            subject,
            pair.getPublic())
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(pair == issuer))
        .addExtension(Extension.subjectAlternativeName, false, names)
        .build(new JcaContentSignerBuilder("SHA256withRSA").build(issuer.getPrivate()));
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
