package dev.atoll.worker.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tunnels below a domain, to servers of this process, which stand for some in a cell. */
class TunnelDomainTest {
  private static final int PATIENCE_MILLIS = 10_000;

  private final InetAddress loopback = InetAddress.getLoopbackAddress();
  private final EventLoops loops = new EventLoops();
  private final List<AutoCloseable> open = new ArrayList<>();
  private DomainFiles files;
  private TunnelDomain domain;
  private TunnelHost host;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException, GeneralSecurityException {
    files = new DomainFiles(folder);
    domain = TunnelDomain.open(loops, loopback, files.settings());
    host = new TunnelHost(loops, loopback, folder.resolve("unused"), Optional.of(domain));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    domain.close();
    loops.close();
  }

  @Test
  void clientsReachWhatTheyName() throws IOException, GeneralSecurityException {
    Tunnel one = tunnel(serverThatSays("one"), TunnelPort.Kind.ENCRYPTED);
    Tunnel two = tunnel(serverThatSays("two"), TunnelPort.Kind.H2);
    assertThat(one.encrypted().port()).isEqualTo(two.encrypted().port()).isEqualTo(domain.port());
    assertThat(one.encrypted().host())
        .matches("[a-z2-7]{26}\\.sandboxes\\.example\\.org")
        .isNotEqualTo(two.encrypted().host());
    try (SSLSocket first = connect(one.encrypted().host());
        SSLSocket second = connect(two.encrypted().host().toUpperCase(Locale.ROOT))) {
      assertThat(text(first)).isEqualTo("one");
      assertThat(first.getApplicationProtocol()).isEqualTo("http/1.1");
      assertThat(text(second)).isEqualTo("two");
      assertThat(second.getApplicationProtocol()).isEqualTo("h2");
    }
  }

  @Test
  void anUnencryptedPortHasTheNameToo() throws IOException, GeneralSecurityException {
    Tunnel tunnel = tunnel(serverThatSays("plain"), TunnelPort.Kind.UNENCRYPTED);
    Tunnel.Endpoint plain = tunnel.unencrypted().orElseThrow();
    assertThat(plain.host()).isEqualTo(tunnel.encrypted().host());
    assertThat(plain.port()).isNotEqualTo(domain.port());
    try (Socket direct = new Socket(loopback, plain.port());
        SSLSocket encrypted = connect(tunnel.encrypted().host())) {
      assertThat(text(direct)).isEqualTo("plain");
      assertThat(text(encrypted)).isEqualTo("plain");
    }
  }

  @Test
  void namesThatNobodyHasAreRefused() throws Exception {
    ServerSocket inside = serverThatSays("one");
    OpenTunnels tunnels = open(inside, TunnelPort.Kind.ENCRYPTED);
    String name = tunnels.tunnels().getFirst().encrypted().host();
    String unknown = "a".repeat(26) + "." + DomainFiles.DOMAIN;
    assertThat(refusal(unknown)).contains("unrecognized_name");
    assertThat(refusal(DomainFiles.DOMAIN)).contains("unrecognized_name");
    assertThat(refusal("")).contains("missing_extension");
    try (SSLSocket client = connect(name)) {
      assertThat(text(client)).isEqualTo("one");
    }
    tunnels.close();
    assertThat(refusal(name)).contains("unrecognized_name");
  }

  @Test
  void whoNamesNoHostIsBounded() throws IOException, InterruptedException {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < TunnelDomain.MOST_UNDECIDED; i++) {
        silent.add(new Socket(loopback, domain.port()));
      }
      try (Socket oneMore = new Socket(loopback, domain.port())) {
        oneMore.setSoTimeout(PATIENCE_MILLIS);
        assertThat(oneMore.getInputStream().read()).isEqualTo(-1);
      }
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
    Tunnel tunnel = tunnel(serverThatSays("again"), TunnelPort.Kind.ENCRYPTED);
    long end = System.nanoTime() + Duration.ofMillis(PATIENCE_MILLIS).toNanos();
    boolean answered = false;
    while (!answered && System.nanoTime() < end) {
      try (SSLSocket client = connect(tunnel.encrypted().host())) {
        answered = text(client).equals("again");
      } catch (IOException | GeneralSecurityException stillFull) {
        Thread.sleep(10);
      }
    }
    assertThat(answered).isTrue();
  }

  @Test
  void whatIsNoTlsIsHungUpOn() throws IOException {
    try (Socket client = new Socket(loopback, domain.port())) {
      client.setSoTimeout(PATIENCE_MILLIS);
      client.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.getInputStream().readAllBytes()).hasSizeLessThan(8);
    }
  }

  @Test
  void renewedFilesAreUsedAndWrongOnesAreNot() throws IOException, GeneralSecurityException {
    String name = tunnel(serverThatSays("one"), TunnelPort.Kind.ENCRYPTED).encrypted().host();
    X509Certificate first = shown(name);
    files.renew("*." + DomainFiles.DOMAIN, Duration.ofDays(-1), Duration.ofDays(60));
    assertThat(shown(name)).isEqualTo(first);
    domain.checkCertificate();
    X509Certificate second = shown(name);
    assertThat(second).isNotEqualTo(first);
    files.renew("*.example.net", Duration.ofDays(-1), Duration.ofDays(60));
    domain.checkCertificate();
    assertThat(shown(name)).isEqualTo(second);
  }

  @Test
  void aPortThatIsTakenIsSaid() {
    TunnelSettings.Domain taken =
        new TunnelSettings.Domain(
            DomainFiles.DOMAIN,
            files.certificate,
            files.key,
            domain.port(),
            files.settings().advertisedPort());
    assertThatThrownBy(() -> TunnelDomain.open(loops, loopback, taken))
        .hasMessageContaining("127.0.0.1:" + domain.port())
        .hasMessageContaining("tunnelPort");
  }

  private X509Certificate shown(String name) throws IOException, GeneralSecurityException {
    try (SSLSocket client = connect(name)) {
      return (X509Certificate) client.getSession().getPeerCertificates()[0];
    }
  }

  private String refusal(String name) {
    SSLException refused = catchThrowableOfType(SSLException.class, () -> connect(name).close());
    return String.valueOf(refused.getMessage());
  }

  /** Connects, wanting a host; empty: without saying which. */
  private SSLSocket connect(String name) throws IOException, GeneralSecurityException {
    SSLSocket socket =
        (SSLSocket) files.clientContext().getSocketFactory().createSocket(loopback, domain.port());
    socket.setSoTimeout(PATIENCE_MILLIS);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
    } catch (IOException refused) {
      socket.close();
      throw refused;
    }
    return socket;
  }

  private static String text(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  private Tunnel tunnel(ServerSocket inside, TunnelPort.Kind kind) throws IOException {
    return open(inside, kind).tunnels().getFirst();
  }

  private OpenTunnels open(ServerSocket inside, TunnelPort.Kind kind) throws IOException {
    OpenTunnels tunnels =
        host.open(
            loopback.getHostAddress(),
            List.of(new TunnelPort(inside.getLocalPort(), kind)),
            new Activity() {
              @Override
              public void hold() {}

              @Override
              public void release() {}
            },
            List.of());
    open.add(tunnels);
    return tunnels;
  }

  private ServerSocket serverThatSays(String word) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, loopback);
    open.add(server);
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                  client.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException closed) {
                  return;
                }
              }
            });
    return server;
  }
}
