package dev.atoll.worker.tunnel;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes keys and certificates (RFC 5280) for this host's loopback names. */
final class Issuing {
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3_652);

  /** Longer than the longest lifetime of a sandbox, shorter than what clients accept at most. */
  private static final Duration LEAF_LIFE = Duration.ofDays(397);

  private static final Duration CLOCK_SKEW = Duration.ofHours(1);
  private static final GeneralName[] NAMES = {
    new GeneralName(GeneralName.dNSName, TunnelHost.NAME),
    new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
    new GeneralName(GeneralName.iPAddress, "::1")
  };
  private static final GeneralSubtree[] PERMITTED = {
    new GeneralSubtree(new GeneralName(GeneralName.dNSName, TunnelHost.NAME)),
    new GeneralSubtree(new GeneralName(GeneralName.iPAddress, "127.0.0.0/8")),
    new GeneralSubtree(new GeneralName(GeneralName.iPAddress, "::1/128"))
  };

  private Issuing() {}

  /** A key on P-256. */
  static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** A self-signed authority, valid for ten years. */
  static X509Certificate authority(KeyPair pair) throws GeneralSecurityException, IOException {
    BigInteger serial = serial();
    String suffix = serial.toString(16).substring(0, 8);
    X500Name name = new X500Name("CN=Atoll local authority " + suffix);
    JcaX509v3CertificateBuilder builder =
        builder(name, serial, name, pair.getPublic(), AUTHORITY_LIFE);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
    builder.addExtension(Extension.nameConstraints, true, new NameConstraints(PERMITTED, null));
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
    return sign(builder, pair.getPrivate());
  }

  /** A server's certificate for the loopback names. */
  static X509Certificate leaf(Authority authority, PublicKey key)
      throws GeneralSecurityException, IOException {
    X500Name issuer =
        X500Name.getInstance(authority.certificate().getSubjectX500Principal().getEncoded());
    JcaX509v3CertificateBuilder builder =
        builder(issuer, serial(), new X500Name("CN=" + TunnelHost.NAME), key, LEAF_LIFE);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(NAMES));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new JcaX509ExtensionUtils()
            .createAuthorityKeyIdentifier(authority.certificate().getPublicKey()));
    return sign(builder, authority.key());
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, BigInteger serial, X500Name subject, PublicKey key, Duration life) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        issuer, serial, Date.from(now.minus(CLOCK_SKEW)), Date.from(now.plus(life)), subject, key);
  }

  private static BigInteger serial() {
    // 16 to 20 octets and positive: section 4.1.2.2.
    return new BigInteger(126, new SecureRandom()).setBit(126);
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    } catch (OperatorCreationException unsupported) {
      throw new GeneralSecurityException(unsupported);
    }
  }
}
