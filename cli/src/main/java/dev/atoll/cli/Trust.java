package dev.atoll.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whom the commands trust: the Java runtime's authorities, and those that the user names. */
final class Trust {
  private static final String VARIABLE = "NODE_EXTRA_CA_CERTS";

  private Trust() {}

  /** TLS that also trusts the authorities in the file that NODE_EXTRA_CA_CERTS names, if any. */
  static Optional<SSLContext> of(Map<String, String> environment) {
    String file = environment.getOrDefault(VARIABLE, "");
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate usual : usual()) {
        store.setCertificateEntry("usual-" + number++, usual);
      }
      try (InputStream pem = Files.newInputStream(Path.of(file))) {
        for (Certificate extra :
            CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
          store.setCertificateEntry("extra-" + number++, extra);
        }
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers(store), null);
      return Optional.of(context);
    } catch (IOException | GeneralSecurityException failure) {
      throw new CliException(
          VARIABLE + " names '" + file + "', which holds no certificates that can be read",
          failure);
    }
  }

  private static X509Certificate[] usual() throws GeneralSecurityException {
    for (TrustManager manager : managers(null)) {
      if (manager instanceof X509TrustManager known) {
        return known.getAcceptedIssuers();
      }
    }
    return new X509Certificate[0];
  }

  /** Without a store: those of the runtime's own. */
  private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
