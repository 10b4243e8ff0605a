package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.sdk.AccessException;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code atoll serve} has made when it is ready, and what keeps it from starting. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerStartIT {
  private static final String PUBLIC_URL = "https://atoll.example.org:7443";

  private RunningServer server;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException, InterruptedException {
    server = RunningServer.start("runc", folder, "publicUrl: " + PUBLIC_URL + "\n");
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    server.close();
    assertThat(server.data().resolve("server.pid")).doesNotExist();
  }

  @Test
  void aReadyServerIsHealthyAndSaysWhereItIs() throws IOException, InterruptedException {
    assertThat(server.health()).isEqualTo(200);
    assertThat(Files.readAllLines(server.data().resolve("server.pid")))
        .containsExactly(Long.toString(server.pid()), server.address().toString(), PUBLIC_URL);
  }

  @Test
  void thePublicUrlIsWhatClientsAreToldForAsLongAsATaskLives(@TempDir Path folder)
      throws IOException, InterruptedException {
    try (Wire wire = Wire.to(server);
        Atoll client = server.client()) {
      wire.importImage(TinyRoot.folder(folder.resolve("root")), "tiny:1");
      try (Sandbox box =
          client
              .sandboxes()
              .create(
                  client.apps().fromName("told", app -> app.createIfMissing(true)),
                  client.images().fromRegistry("tiny:1"),
                  options -> options.command("sleep", "60"))) {
        assertThat(wire.access(box.id()).getUrl()).isEqualTo(PUBLIC_URL);
        assertThat(wire.access(box.id()).getUrl()).isEqualTo(PUBLIC_URL);
      }
    }
  }

  @Test
  void aPublicUrlThatNobodyCanDialIsRefused(@TempDir Path folder)
      throws IOException, InterruptedException {
    refused(
        serve("--data-dir", folder.toString(), "--public-url", "https://atoll.example.org:70000"),
        "publicUrl must be https://");
  }

  @Test
  void healthNeedsNoTokenAndTellsNothingElse() throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String path : List.of("/", "/healthz/x", "/metrics", "/internal/healthcheck")) {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve(path)).build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
            .as(path)
            .isEqualTo(path.equals("/metrics") ? 401 : 404);
      }
    }
  }

  @Test
  void onlyTheOwnerCanReadWhatOpensTheServer() throws IOException {
    assertThat(mode(server.data())).isEqualTo("rwx------");
    assertThat(mode(server.data().resolve("credentials"))).isEqualTo("rw-------");
    assertThat(server.credential("token_id")).startsWith("ak-");
    assertThat(server.credential("token_secret")).startsWith("as-");
  }

  @Test
  void noFileButTheCredentialsHoldsTheSecret() throws IOException {
    byte[] id = server.credential("token_id").getBytes(StandardCharsets.UTF_8);
    String secret = server.credential("token_secret");
    List<Path> withId = filesWith(id);
    assertThat(withId)
        .as("the store's files are among those that were searched")
        .anyMatch(file -> file.getFileName().toString().contains(".db"));
    assertThat(filesWith(secret.getBytes(StandardCharsets.UTF_8)))
        .containsExactly(server.data().resolve("credentials"));
    assertThat(filesWith(secret.substring(3).getBytes(StandardCharsets.UTF_8)))
        .containsExactly(server.data().resolve("credentials"));
  }

  @Test
  void theTokenPairOpensTheDoorAndAnotherSecretDoesNot() throws IOException {
    try (Atoll client = server.client()) {
      assertThat(client.apps().fromName("start", app -> app.createIfMissing(true)).id())
          .startsWith("ap-");
    }
    try (Atoll client =
        Atoll.builder()
            .serverUrl(server.address().toString())
            .token(server.credential("token_id"), "as-wrong")
            .build()) {
      assertThat(catchThrowableOfType(AccessException.class, () -> client.apps().fromName("start")))
          .hasMessageContaining("atoll env");
    }
  }

  @Test
  void aSecondServerOnTheFolderIsRefused() throws IOException, InterruptedException {
    CommandOutcome outcome = serve("--data-dir", server.dataFolder(), "--listen", "127.0.0.1:0");
    refused(outcome, server.dataFolder(), "another server");
    assertThat(server.health()).as("the first one goes on").isEqualTo(200);
    assertThat(server.data().resolve("server.pid")).exists();
  }

  @Test
  void aFolderOfSomebodyElseIsRefusedAndStaysOpen(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Files.writeString(shared.resolve("notes"), "mine");
    Set<PosixFilePermission> open = PosixFilePermissions.fromString("rwxr-xr-x");
    Files.setPosixFilePermissions(shared, open);
    refused(
        serve("--data-dir", shared.toString(), "--listen", "127.0.0.1:0"),
        shared.toString(),
        "an empty folder");
    CommandOutcome quickstart = AtollProcess.outcome("quickstart", "--data-dir", shared.toString());
    assertThat(quickstart.status()).isEqualTo(1);
    assertThat(quickstart.errors())
        .contains(shared.toString(), "an empty folder")
        .doesNotContain("defect", "\tat ");
    assertThat(Files.getPosixFilePermissions(shared)).isEqualTo(open);
    assertThat(shared).isDirectoryContaining("glob:**/notes");
  }

  @Test
  void aTakenPortIsRefused(@TempDir Path folder) throws IOException, InterruptedException {
    String address = server.address().getAuthority();
    CommandOutcome outcome =
        serve("--data-dir", folder.toString(), "--listen", address, "--config", config(folder, ""));
    refused(outcome, address, "in use");
    nothingIsLeft(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0:0", "[::]:0", "192.0.2.1:7070"})
  void onlyLoopbackIsListenedOn(String address, @TempDir Path folder)
      throws IOException, InterruptedException {
    CommandOutcome outcome = serve("--data-dir", folder.toString(), "--listen", address);
    refused(outcome, "listen", address.substring(0, address.lastIndexOf(':')), "loopback");
  }

  @Test
  void anUnknownKeyIsNamed(@TempDir Path folder) throws IOException, InterruptedException {
    String config = config(folder, "maximumMemroy: 1GiB\n");
    refused(
        serve("--data-dir", folder.toString(), "--listen", "127.0.0.1:0", "--config", config),
        "maximumMemroy",
        config);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"https://docker.io\": [https://mirror.example]; is no registry",
        "docker.io: [{address: https://mirror.example, adress: x}]; adress",
        "docker.io: [ftp://mirror.example]; ftp://mirror.example"
      })
  void aMirrorThatCantBeIsNamed(String mirrors, String word, @TempDir Path folder)
      throws IOException, InterruptedException {
    String config = config(folder, "registryMirrors: {" + mirrors + "}\n");
    refused(
        serve("--data-dir", folder.toString(), "--listen", "127.0.0.1:0", "--config", config),
        "registryMirrors",
        word,
        config);
  }

  @ParameterizedTest
  @CsvSource({
    "'tunnelDomain: a.test', tunnelCertificate",
    "'tunnelPort: 7443', tunnelDomain",
    "'tunnelDomain: \"*.a.test\"\ntunnelCertificate: /c\ntunnelKey: /k', without",
    "'tunnelDomain: a.test\ntunnelCertificate: /no/such\ntunnelKey: /k', '/no/such'",
  })
  void aDomainForTunnelsNeedsItsFiles(String settings, String word, @TempDir Path folder)
      throws IOException, InterruptedException {
    String config = config(folder, settings + "\n");
    refused(
        serve("--data-dir", folder.toString(), "--listen", "127.0.0.1:0", "--config", config),
        "tunnel",
        word);
  }

  @ParameterizedTest
  @CsvSource({
    "gvisor, runsc, 'exit 1', does not work",
    "gvisor, runsc, 'echo runsc version release-20220103.0', too old",
    "runc, runc, 'exit 1', does not work",
    "runc, runc, 'echo something else', does not say a version"
  })
  void aTierThatCantRunFailsTheStart(
      String tier, String runtime, String script, String why, @TempDir Path folder)
      throws IOException, InterruptedException {
    Path program = Files.writeString(folder.resolve(runtime), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    String config = folder.resolve("config.yaml").toString();
    Files.writeString(Path.of(config), "tier: %s\n%s: %s\n".formatted(tier, runtime, program));
    CommandOutcome outcome =
        serve("--data-dir", folder.toString(), "--listen", "127.0.0.1:0", "--config", config);
    refused(outcome, tier, program.toString(), why);
    nothingIsLeft(folder);
  }

  private static CommandOutcome serve(String... options) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("serve"));
    arguments.addAll(List.of(options));
    return AtollProcess.outcome(arguments.toArray(String[]::new));
  }

  /** One sentence on stderr with those words, exit code 1, and nothing on stdout. */
  private static void refused(CommandOutcome outcome, String... words) {
    assertThat(outcome.status()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.text()).isEmpty();
    List<String> sentences =
        outcome.errors().lines().filter(line -> line.startsWith("atoll serve: ")).toList();
    assertThat(sentences).as(outcome.errors()).hasSize(1);
    assertThat(sentences.getFirst()).contains(words);
    assertThat(outcome.errors()).doesNotContain("\tat ", "ready on");
  }

  private static void nothingIsLeft(Path folder) throws IOException, InterruptedException {
    String id = Files.readString(folder.resolve("instance-id")).strip();
    assertThat(Leftovers.of(id, folder.toString())).isEmpty();
    assertThat(folder.resolve("server.pid")).doesNotExist();
  }

  private static String config(Path folder, String more) throws IOException {
    return Files.writeString(folder.resolve("config.yaml"), MachineConfig.forTier("runc") + more)
        .toString();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private List<Path> filesWith(byte[] bytes) throws IOException {
    String wanted = new String(bytes, StandardCharsets.ISO_8859_1);
    try (var files = Files.walk(server.data())) {
      List<Path> found = new ArrayList<>();
      for (Path file :
          (Iterable<Path>)
              files
                      .filter(Files::isRegularFile)
                      // What sandboxes write; no sandbox has run, and an array can't hold it.
                      .filter(file -> !file.endsWith("writable.btrfs"))
                  ::iterator) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(wanted)) {
          found.add(file);
        }
      }
      return found;
    }
  }
}
