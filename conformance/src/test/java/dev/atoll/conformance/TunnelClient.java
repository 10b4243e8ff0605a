package dev.atoll.conformance;

import dev.atoll.sdk.Tunnel;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** An HTTP client that trusts what a file holds, and nothing else. */
final class TunnelClient implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final SSLContext context;
  private final HttpClient client;

  private TunnelClient(SSLContext context, HttpClient client) {
    this.context = context;
    this.client = client;
  }

  static TunnelClient trusting(Path certificates) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    try (InputStream input = Files.newInputStream(certificates)) {
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(input)) {
        store.setCertificateEntry("certificate " + number++, certificate);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return new TunnelClient(
        context, HttpClient.newBuilder().sslContext(context).connectTimeout(LIMIT).build());
  }

  HttpClient http() {
    return client;
  }

  /** What a tunnel's TLS takes of HTTP/2 and HTTP/1.1, asked for by ALPN (RFC 7301). */
  String protocol(Tunnel tunnel) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(tunnel.host(), tunnel.port())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket.getApplicationProtocol();
    }
  }

  /**
   * What an HTTP server answers at a name that no resolver knows, whose TLS is on this host: head
   * and body. The name is checked as HTTPS does it (RFC 9110, section 4.3.4).
   */
  String askHere(URI url) throws IOException {
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), url.getPort());
        SSLSocket socket =
            (SSLSocket)
                context
                    .getSocketFactory()
                    .createSocket(plain, url.getHost(), url.getPort(), true)) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(url.getPath(), url.getHost())
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The body, as soon as the answer is no 502: until then nothing listens there. */
  String get(URI url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url).timeout(LIMIT).build();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 502 || System.nanoTime() > end) {
        return answer.body();
      }
      Thread.sleep(50);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
