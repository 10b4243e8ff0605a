package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.protocol.admin.CreateTokenRequest;
import dev.atoll.protocol.admin.CreatedToken;
import dev.atoll.protocol.admin.RevokeTokenRequest;
import dev.atoll.protocol.modal.AuthTokenGetRequest;
import dev.atoll.protocol.modal.SecretGetOrCreateRequest;
import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.Secret;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server with a certificate and narrow limits, on a loopback address that clients don't take for
 * their own machine's: TLS, what one client may take, the audit log, and where secrets are not.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("alone")
class DoorIT {
  private static final String PLANTED = "planted-4f1d0c6a";
  private static final String ARGUMENT = "argument-77b3c1d9";
  private static final int MOST_OF_ADDRESS = 12;
  private static final int MOST_CONNECTIONS = 26;
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
  private static final JsonMapper JSON = new JsonMapper();

  private RunningServer server;
  private TunnelDomainFiles files;
  private RawConnection idle;
  private RawConnection silent;
  private RawConnection undecided;
  private RawConnection handshaking;
  private Map<Integer, Long> settings;
  private Certificate first;
  private long renewed;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException, InterruptedException {
    files =
        TunnelDomainFiles.write(
            "door",
            new GeneralNames(
                new GeneralName[] {
                  new GeneralName(GeneralName.iPAddress, "127.0.0.2"),
                  new GeneralName(GeneralName.iPAddress, "127.0.0.1")
                }),
            folder);
    server =
        RunningServer.start(
            "runc",
            folder,
            """
            certificate: %s
            key: %s
            maximumMessage: 1MiB
            maximumHeaders: 16KiB
            maximumStreams: 77
            maximumConnections: %d
            maximumConnectionsPerAddress: %d
            callsPerSecond: 20
            idleConnectionTimeout: 5s
            auditSize: 1MiB
            """
                .formatted(files.certificate(), files.key(), MOST_CONNECTIONS, MOST_OF_ADDRESS),
            "127.0.0.2:0");
    first = served();
    // The server looks at the files every 30 seconds: by the last tests it has.
    renewed = System.nanoTime();
    Files.move(files.renewed(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
    try (Wire wire = Wire.to(server)) {
      wire.importImage(TinyRoot.folder(folder.resolve("root")), "tiny:1");
    }
    idle = RawConnection.from("127.0.0.78", server.address());
    settings = idle.settings();
    silent = RawConnection.from("127.0.0.79", server.address());
    undecided = RawConnection.from("127.0.0.79", server.address());
    undecided.send("PRI * ".getBytes(StandardCharsets.US_ASCII));
    handshaking = RawConnection.from("127.0.0.79", server.address());
    handshaking.send(new byte[] {0x16}); // A handshake record: RFC 8446, section 5.1.
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    handshaking.close();
    undecided.close();
    silent.close();
    idle.close();
    server.close();
  }

  @TestFactory
  @Order(1)
  Stream<DynamicTest> officialClientsWorkByTlsOnBothPaths()
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(server.clientEnvironment());
    environment.put("NODE_EXTRA_CA_CERTS", files.authority().toString());
    environment.put("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", ""); // It would be instead of Node's.
    List<DynamicTest> tests = new ArrayList<>();
    try (Relay relay = Relay.to(server)) {
      // At 127.0.0.1 the clients leave TLS out on the exec path.
      List<String> urls = List.of(byTls().toString(), relay.url().replaceFirst("^http:", "https:"));
      for (String version : OfficialClient.VERSIONS) {
        OfficialClient client = OfficialClient.install(version, "door");
        for (String url : urls) {
          environment.put("MODAL_SERVER_URL", url);
          client.run(
              client.folder().resolve("door/tls.test.mjs"),
              environment,
              result -> tests.add(test(version + " at " + url + ": ", result)));
        }
      }
    }
    return tests.stream();
  }

  private static DynamicTest test(String prefix, NodeResult result) {
    return DynamicTest.dynamicTest(
        prefix + result.name(), () -> assertThat(result.passed()).as(result.error()).isTrue());
  }

  @Test
  @Order(2)
  void theCommandLineWorksByTls() throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(server.clientEnvironment());
    environment.put("MODAL_SERVER_URL", byTls().toString());
    environment.put("NODE_EXTRA_CA_CERTS", files.authority().toString());
    CommandOutcome listed =
        AtollProcess.outcome(AtollProcess.command(environment, "image", "ls"), new byte[0]);
    assertThat(listed.status()).as(listed.toString()).isZero();
    assertThat(listed.text()).contains("tiny:1");
  }

  /** Whatever a client sends that may be secret is in no log and not in the store's files. */
  @Test
  @Order(3)
  void whatIsSecretIsInNoLogAndNotInTheStore()
      throws IOException, GeneralSecurityException, InterruptedException {
    String sandboxId;
    try (Atoll client =
        server.client(builder -> builder.serverUrl(byTls().toString()).sslContext(trusting()))) {
      App app = client.apps().fromName("planter", options -> options.createIfMissing(true));
      Secret secret = client.secrets().fromMap(Map.of("IN_A_SECRET", PLANTED));
      try (Sandbox box =
          client
              .sandboxes()
              .create(
                  app,
                  client.images().fromRegistry("tiny:1"),
                  options ->
                      options
                          .command("sh", "-c", "echo " + ARGUMENT + "; cat")
                          .secret(secret)
                          .environment("IN_THE_ENVIRONMENT", PLANTED))) {
        sandboxId = box.id();
        assertThat(
                box.exec(
                        List.of("sh", "-c", "echo $GIVEN $IN_A_SECRET " + ARGUMENT),
                        exec -> exec.environment("GIVEN", PLANTED).secret(secret))
                    .readText())
            .isEqualTo("%1$s %1$s %2$s\n".formatted(PLANTED, ARGUMENT));
        assertThat(box.createConnectToken(8080, PLANTED).token()).isNotEmpty();
      }
    }
    assertThat(server.log()).doesNotContain(PLANTED, ARGUMENT);
    List<JsonNode> lines = auditWith("method", "SandboxTerminate");
    assertThat(lines.toString()).doesNotContain(PLANTED, ARGUMENT);
    assertThat(filesWith(PLANTED, server.data().resolve("control"))).isEmpty();
    assertThat(lines)
        .anySatisfy(line -> line(line, "SandboxCreate", "sandbox_id", sandboxId))
        .anySatisfy(line -> line(line, "SandboxTerminate", "sandbox_id", sandboxId))
        .anySatisfy(line -> line(line, "AppGetOrCreate", "app_name", "planter"))
        .anySatisfy(line -> assertThat(line.path("method").asString()).isEqualTo("TaskExecStart"))
        .noneSatisfy(line -> assertThat(line.path("method").asString()).contains("StdioRead"));
    assertThat(mode("audit/audit.jsonl")).isEqualTo("rw-------");
    assertThat(mode("secrets.key")).isEqualTo("rw-------");
  }

  private void line(JsonNode line, String method, String key, String value) throws IOException {
    assertThat(line.path("method").asString()).isEqualTo(method);
    assertThat(line.path(key).asString()).isEqualTo(value);
    assertThat(line.path("token").asString()).isEqualTo(server.credential("token_id"));
    assertThat(line.path("address").asString()).isEqualTo("127.0.0.1");
    assertThat(line.path("status").asString()).isEqualTo("OK");
    assertThat(line.path("time").asString()).startsWith("20");
  }

  @Test
  @Order(4)
  void aRefusedCallIsInTheAuditLogWithoutAToken() throws IOException, InterruptedException {
    try (Wire wire = Wire.to(server.address(), "ak-nobody", "as-" + PLANTED)) {
      assertThat(
              refusal(
                      () ->
                          wire.admin()
                              .createToken(CreateTokenRequest.newBuilder().setName("mine").build()))
                  .getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
    }
    List<JsonNode> lines = auditWith("method", "CreateToken");
    assertThat(lines)
        .anySatisfy(
            line -> {
              assertThat(line.path("method").asString()).isEqualTo("CreateToken");
              assertThat(line.path("status").asString()).isEqualTo("UNAUTHENTICATED");
              assertThat(line.path("token").asString()).isEmpty();
            });
    assertThat(lines.toString()).doesNotContain(PLANTED);
  }

  @Test
  @Order(5)
  void messagesAndHeadersHaveALimit() throws IOException {
    assertThat(settings)
        .containsEntry(RawConnection.MAX_CONCURRENT_STREAMS, 77L)
        .containsEntry(RawConnection.MAX_HEADER_LIST_SIZE, 16L << 10);
    try (Wire wire = Wire.to(server)) {
      SecretGetOrCreateRequest large =
          SecretGetOrCreateRequest.newBuilder()
              .putEnvDict("LARGE", "x".repeat((1 << 20) + 1))
              .build();
      Status tooLarge = refusal(() -> wire.control().secretGetOrCreate(large));
      assertThat(tooLarge.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(tooLarge.getDescription()).contains("1048576 bytes", "maximumMessage");
      assertThat(refusalOfKey(wire, 17 << 10).getDescription())
          .as("a little too large: the call is refused")
          .contains("431");
      assertThat(refusalOfKey(wire, 25 << 10).getDescription())
          .as("much too large: the connection is ended")
          .contains("PROTOCOL_ERROR");
      assertThat(wire.control().authTokenGet(AuthTokenGetRequest.getDefaultInstance()).getToken())
          .as("others are served")
          .isNotEmpty();
    }
  }

  private static Status refusalOfKey(Wire wire, int bytes) {
    return refusal(
        () -> wire.once("k".repeat(bytes)).authTokenGet(AuthTokenGetRequest.getDefaultInstance()));
  }

  @Test
  @Order(6)
  void aTokenThatCallsTooOftenIsToldWhenToCallAgain() throws IOException {
    try (Wire operator = Wire.to(server)) {
      CreatedToken made =
          operator
              .admin()
              .createToken(
                  CreateTokenRequest.newBuilder()
                      .setName("eager")
                      .setAllEnvironments(true)
                      .build());
      String id = made.getToken().getTokenId();
      try (Wire eager = Wire.to(server.address(), id, made.getTokenSecret())) {
        StatusRuntimeException refused =
            catchThrowableOfType(
                StatusRuntimeException.class,
                () -> {
                  for (int i = 0; i < 20_000; i++) {
                    var unused =
                        eager.control().authTokenGet(AuthTokenGetRequest.getDefaultInstance());
                  }
                });
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(refused.getStatus().getDescription()).contains(id, "call again in");
        assertThat(
                Optional.ofNullable(refused.getTrailers()).map(trailers -> trailers.get(PUSHBACK)))
            .hasValueSatisfying(millis -> assertThat(millis).matches("[1-9]\\d{0,3}"));
      }
      var unused =
          operator.admin().revokeToken(RevokeTokenRequest.newBuilder().setTokenId(id).build());
    }
  }

  @Test
  @Order(7)
  void anAddressHasSoManyConnectionsAndSilentOnesAreHungUpOn()
      throws IOException, InterruptedException {
    List<RawConnection> greedy = new ArrayList<>();
    for (int i = 0; i < MOST_OF_ADDRESS + 2; i++) {
      greedy.add(RawConnection.from("127.0.0.77", server.address()));
    }
    try (RawConnection other = RawConnection.from("127.0.0.76", server.address())) {
      assertThat(other.isHungUpOn(1_000)).as("of another address").isFalse();
      int refused = 0;
      for (RawConnection connection : greedy) {
        refused += connection.isHungUpOn(50) ? 1 : 0;
        connection.close();
      }
      assertThat(refused).as("as many as are too many").isEqualTo(2);
    }
    assertThat(idle.isHungUpOn(6_000)).as("idle for 5 seconds").isTrue();
    assertThat(silent.isHungUpOn(11_000)).as("silent for 10 seconds").isTrue();
    assertThat(undecided.isHungUpOn(1_000)).as("of no protocol for 10 seconds").isTrue();
    assertThat(handshaking.isHungUpOn(1_000)).as("10 seconds in a handshake").isTrue();
    assertThat(server.health()).isEqualTo(200);
  }

  @Test
  @Order(8)
  void theServerHasSoManyConnections() throws IOException, InterruptedException {
    List<RawConnection> many = new ArrayList<>();
    for (int i = 0; i < MOST_CONNECTIONS + 10; i++) {
      many.add(RawConnection.from("127.0.0." + (70 + i % 4), server.address()));
    }
    int refused = 0;
    for (RawConnection connection : many) {
      refused += connection.isHungUpOn(20) ? 1 : 0;
    }
    for (RawConnection connection : many) {
      connection.close();
    }
    assertThat(refused).as("as many as are too many, or one that still ends").isBetween(10, 11);
    assertThat(server.health()).as("there is room again").isEqualTo(200);
  }

  @Test
  @Order(9)
  void aRenewedCertificateIsUsedByNewConnections() throws IOException, InterruptedException {
    Certificate next = certificate(files.certificate());
    assertThat(first).isNotEqualTo(next);
    while (!served().equals(next)) {
      assertThat(System.nanoTime() - renewed).isLessThan(TimeUnit.SECONDS.toNanos(35));
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /** Ends the server. */
  @Test
  @Order(10)
  void noServerStartsWithoutTheKeyOfItsSecrets() throws IOException, InterruptedException {
    assertThat(server.log()).as("of bad clients").doesNotContain("\tat ");
    server.close();
    Path key = server.data().resolve("secrets.key");
    Files.delete(key);
    startIsRefused(key + ", is missing");
    Files.writeString(key, "A".repeat(43) + "=\n");
    startIsRefused(key + ", is another one");
  }

  private void startIsRefused(String why) throws IOException, InterruptedException {
    CommandOutcome outcome = server.failedStart();
    assertThat(outcome.status()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.errors().lines().filter(line -> line.startsWith("atoll serve: ")))
        .singleElement()
        .asString()
        .contains(why, "from a backup", "secretsKey");
    assertThat(outcome.errors()).doesNotContain("\tat ", "ready on");
  }

  /** What a new connection by TLS gets. */
  private Certificate served() throws IOException {
    try (Socket socket =
        trusting()
            .getSocketFactory()
            .createSocket(server.address().getHost(), server.address().getPort())) {
      return ((SSLSocket) socket).getSession().getPeerCertificates()[0];
    }
  }

  private URI byTls() {
    return URI.create("https://" + server.address().getAuthority());
  }

  private SSLContext trusting() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("authority", certificate(files.authority()));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static Certificate certificate(Path file) throws IOException {
    try (InputStream pem = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(pem);
    } catch (CertificateException malformed) {
      throw new IOException(malformed);
    }
  }

  /** The audit log, once its last line has that: a line comes a moment after its call's answer. */
  private List<JsonNode> auditWith(String key, String value)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (true) {
      List<JsonNode> lines =
          Files.readAllLines(server.data().resolve("audit/audit.jsonl")).stream()
              .map(JSON::readTree)
              .toList();
      if (lines.getLast().path(key).asString("").equals(value)) {
        return lines;
      }
      assertThat(System.nanoTime()).as("no line of %s %s", key, value).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private String mode(String file) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(server.data().resolve(file)));
  }

  private static List<Path> filesWith(String text, Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        if (!file.endsWith("writable.btrfs")
            && Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
          found.add(file);
        }
      }
    }
    return found;
  }

  private interface Call {
    Object run() throws IOException;
  }

  private static Status refusal(Call call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
  }
}
