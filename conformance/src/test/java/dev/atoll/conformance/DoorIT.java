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
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
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
class DoorIT {
  private static final String PLANTED = "planted-4f1d0c6a";
  private static final String ARGUMENT = "argument-77b3c1d9";
  private static final int MOST_OF_ADDRESS = 12;
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

  @BeforeAll
  void start(@TempDir Path folder) throws IOException, InterruptedException {
    files =
        TunnelDomainFiles.write(
            "door", new GeneralName(GeneralName.iPAddress, "127.0.0.2"), folder);
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
            maximumConnectionsPerAddress: %d
            callsPerSecond: 20
            idleConnectionTimeout: 5s
            auditSize: 1MiB
            """
                .formatted(files.certificate(), files.key(), MOST_OF_ADDRESS),
            "127.0.0.2:0");
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
    environment.put("MODAL_SERVER_URL", byTls().toString());
    environment.put("NODE_EXTRA_CA_CERTS", files.authority().toString());
    environment.put("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", ""); // It would be instead of Node's.
    List<NodeResult> results = new ArrayList<>();
    for (String version : OfficialClient.VERSIONS) {
      OfficialClient client = OfficialClient.install(version);
      client.run(client.folder().resolve("door/tls.test.mjs"), environment, results::add);
    }
    return results.stream()
        .map(
            result ->
                DynamicTest.dynamicTest(
                    result.name(), () -> assertThat(result.passed()).as(result.error()).isTrue()));
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
    List<JsonNode> lines = audit();
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
  void aRefusedCallIsInTheAuditLogWithoutAToken() throws IOException {
    try (Wire wire = Wire.to(server.address(), "ak-nobody", "as-" + PLANTED)) {
      assertThat(
              refusal(
                      () ->
                          wire.admin()
                              .createToken(CreateTokenRequest.newBuilder().setName("mine").build()))
                  .getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
    }
    assertThat(audit())
        .anySatisfy(
            line -> {
              assertThat(line.path("method").asString()).isEqualTo("CreateToken");
              assertThat(line.path("status").asString()).isEqualTo("UNAUTHENTICATED");
              assertThat(line.path("token").asString()).isEmpty();
            });
    assertThat(audit().toString()).doesNotContain(PLANTED);
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
      assertThat(refusal(() -> wire.control().secretGetOrCreate(large)).getCode())
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(
              refusal(
                      () ->
                          wire.once("k".repeat(20 << 10))
                              .authTokenGet(AuthTokenGetRequest.getDefaultInstance()))
                  .getCode())
          .isNotEqualTo(Status.Code.OK);
      assertThat(wire.control().authTokenGet(AuthTokenGetRequest.getDefaultInstance()).getToken())
          .as("others are served")
          .isNotEmpty();
    }
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

  private URI byTls() {
    return URI.create("https://" + server.address().getAuthority());
  }

  private SSLContext trusting() {
    try (InputStream pem = Files.newInputStream(files.authority())) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
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

  private List<JsonNode> audit() throws IOException {
    return Files.readAllLines(server.data().resolve("audit/audit.jsonl")).stream()
        .map(JSON::readTree)
        .toList();
  }

  private String mode(String file) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(server.data().resolve(file)));
  }

  private static List<Path> filesWith(String text, Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
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
