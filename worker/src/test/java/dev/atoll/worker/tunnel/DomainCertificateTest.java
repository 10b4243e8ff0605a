package dev.atoll.worker.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.certificate.ServerCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of operators, as they should be and as they are. */
class DomainCertificateTest {
  private static final String WILDCARD = "*." + DomainFiles.DOMAIN;

  private DomainFiles files;

  @BeforeEach
  void make(@TempDir Path folder) throws IOException, GeneralSecurityException {
    files = new DomainFiles(folder);
  }

  @Test
  void aChainAndItsKeyAreTaken() throws IOException {
    ServerCertificate read = DomainCertificates.read(files.settings());
    assertThat(read.chain()).hasSize(2).endsWith(files.authority);
    assertThat(read.toString()).doesNotContain("PRIVATE").contains(WILDCARD);
    // One file may hold both, and openssl puts its parameters before such a key.
    String both = Files.readString(files.key) + Files.readString(files.certificate);
    Files.writeString(
        files.certificate,
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + both);
    Files.copy(files.certificate, files.key, StandardCopyOption.REPLACE_EXISTING);
    assertThat(DomainCertificates.read(files.settings()).chain()).hasSize(2);
  }

  @Test
  void filesThatAreMissingOrNoPemAreNamed() throws IOException {
    Files.writeString(files.key, Files.readString(files.certificate));
    refused(files.key, "no private key");
    Files.write(files.key, new byte[] {0x30, (byte) 0x82, 1, 2, (byte) 0xff});
    refused(files.key, "DER");
    Files.writeString(files.key, "");
    refused(files.key, "no private key");
    Files.delete(files.key);
    refused(files.key, "does not exist");
    Files.writeString(files.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n");
    refused(files.certificate, "can't be read");
    Files.writeString(files.certificate, "hello");
    refused(files.certificate, "no certificate");
    Files.write(files.certificate, new byte[(1 << 20) + 1]);
    refused(files.certificate, "larger");
    Files.delete(files.certificate);
    Files.createDirectory(files.certificate);
    refused(files.certificate, "can't be read");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws IOException, GeneralSecurityException {
    Files.writeString(
        files.key,
        DomainFiles.pem(new JcaPKCS8Generator(Issuing.keyPair().getPrivate(), null).generate()));
    refused(files.key, "not the key of the certificate");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    Files.writeString(files.key, DomainFiles.pem(generator.generateKeyPair().getPrivate()));
    refused(files.key, "not the key of the certificate");
  }

  @Test
  void aKeyWithAPassPhraseIsRefused() throws Exception {
    String algorithm = "PBEWithSHA1AndDESede";
    PBEKeySpec phrase = new PBEKeySpec("secret".toCharArray());
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        SecretKeyFactory.getInstance(algorithm).generateSecret(phrase),
        new PBEParameterSpec(new byte[8], 1_000));
    byte[] encrypted = cipher.doFinal(Issuing.keyPair().getPrivate().getEncoded());
    byte[] encoded = new EncryptedPrivateKeyInfo(cipher.getParameters(), encrypted).getEncoded();
    Files.writeString(files.key, DomainFiles.pem(new PemObject("ENCRYPTED PRIVATE KEY", encoded)));
    refused(files.key, "pass phrase");
    Files.writeString(
        files.key,
        """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

        AAAA
        -----END EC PRIVATE KEY-----
        """);
    refused(files.key, "pass phrase");
  }

  @Test
  void aCertificateForOtherNamesIsRefused() throws IOException, GeneralSecurityException {
    for (String name : new String[] {DomainFiles.DOMAIN, "*.example.org", "*.a" + WILDCARD}) {
      files.renew(name, Duration.ofDays(-1), Duration.ofDays(1));
      refused(files.certificate, "is for " + name + ", not for " + WILDCARD);
    }
  }

  @Test
  void aCertificateOfAnotherTimeIsRefused() throws IOException, GeneralSecurityException {
    files.renew(WILDCARD, Duration.ofDays(-2), Duration.ofDays(-1));
    refused(files.certificate, "expired at 20");
    files.renew(WILDCARD, Duration.ofDays(1), Duration.ofDays(2));
    refused(files.certificate, "valid from 20");
  }

  @Test
  void aChainInDisorderIsRefused() throws IOException {
    String leaf = Files.readString(files.certificate).split("(?<=-----END CERTIFICATE-----\n)")[0];
    Files.writeString(files.certificate, leaf + leaf);
    refused(files.certificate, "disorder");
  }

  private void refused(Path file, String why) {
    AtollException refused =
        catchThrowableOfType(AtollException.class, () -> DomainCertificates.read(files.settings()));
    assertThat(refused).hasMessageContaining(file.toString()).hasMessageContaining(why);
    assertThat(refused.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION);
    assertThatThrownBy(() -> DomainCertificates.open(files.settings()))
        .hasMessage(refused.getMessage());
  }
}
