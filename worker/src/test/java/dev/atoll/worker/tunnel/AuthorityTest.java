package dev.atoll.worker.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityTest {
  @TempDir private Path folder;

  @Test
  void isMadeOnceAndReadableByTheOwnerOnly() throws IOException {
    String made = Authority.open(file()).certificatePem();
    assertThat(Authority.open(file()).certificatePem())
        .isEqualTo(made)
        .startsWith("-----BEGIN CERTIFICATE-----")
        .doesNotContain("KEY");
    assertThat(Files.getPosixFilePermissions(file()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(folder).isDirectoryNotContaining(other -> !other.equals(file()));
  }

  @Test
  void thoseWhoMakeItAtOnceGetTheSame() throws Exception {
    Callable<String> open = () -> Authority.open(file()).certificatePem();
    List<String> seen = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var result : threads.invokeAll(List.of(open, open, open, open))) {
        seen.add(result.get());
      }
    }
    assertThat(Set.copyOf(seen)).hasSize(1);
  }

  @Test
  void whatItSignsIsValidForLoopbackNames() throws IOException, GeneralSecurityException {
    Authority authority = Authority.open(file());
    KeyPair pair = Issuing.keyPair();
    X509Certificate leaf = Issuing.leaf(authority, pair.getPublic());
    PKIXParameters trust =
        new PKIXParameters(Set.of(new TrustAnchor(authority.certificate(), null)));
    trust.setRevocationEnabled(false);
    assertThat(
            CertPathValidator.getInstance("PKIX")
                .validate(
                    CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), trust))
        .isNotNull();
    assertThat(leaf.getSubjectAlternativeNames().stream().map(name -> String.valueOf(name.get(1))))
        .contains("localhost", "127.0.0.1");
  }

  @Test
  void aFileThatHoldsSomethingElseIsNamedAndKept() throws IOException {
    Files.writeString(file(), "something else");
    assertThatThrownBy(() -> Authority.open(file()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file().toString())
        .hasMessageNotContaining("something else");
    assertThat(file()).hasContent("something else");
  }

  private Path file() {
    return folder.resolve(Authority.FILE);
  }
}
