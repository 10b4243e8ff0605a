package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The command line against a running server, each command a process of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CommandLineIT {
  private Path folder;
  private Path root;
  private RunningServer server;
  private Atoll client;
  private Sandbox sandbox;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException, InterruptedException {
    folder = temporary;
    root = TinyRoot.folder(folder.resolve("root"));
    server = RunningServer.start("gvisor", folder, UnreadOutput.SETTING);
    client = server.client();
    try (Wire wire = Wire.to(server)) {
      wire.importImage(root, "tiny:1");
    }
    App app = client.apps().fromName("command-line", options -> options.createIfMissing(true));
    sandbox =
        client
            .sandboxes()
            .create(
                app,
                client.images().fromRegistry("tiny:1"),
                box ->
                    box.name("box-1")
                        .command("sleep", "1000")
                        .memoryMiB(64)
                        // All tests together may take longer than a sandbox usually lives.
                        .timeout(Duration.ofMinutes(30)));
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    client.close();
    server.close();
  }

  @Test
  @Order(1)
  void everyKindOfImageIsImported() throws IOException, InterruptedException {
    Path layout = TinyRoot.layout(root, folder.resolve("layout"));
    Path archive = folder.resolve("archive.tar");
    TinyRoot.run("skopeo", "copy", "-q", "oci:" + layout + ":latest", "oci-archive:" + archive);
    Map<String, Path> sources =
        Map.of(
            "layout", layout,
            "archive", archive,
            "folder", root,
            "tar", TinyRoot.tar(root, folder.resolve("root.tar")));
    for (var source : sources.entrySet()) {
      String tag = "imported-" + source.getKey() + ":1";
      CommandOutcome outcome = atoll("image", "import", source.getValue().toString(), "-t", tag);
      succeeded(outcome);
      assertThat(outcome.text()).as(tag).matches("im-[A-Za-z0-9]{22}\n");
      assertThat(outcome.errors()).as(tag).contains("Importing " + source.getValue());
      assertThat(runs(tag)).as(tag).isEqualTo("from " + tag + "\n");
    }
    String listed = succeeded(atoll("image", "ls")).text();
    assertThat(listed.lines().findFirst()).hasValueSatisfying(l -> assertThat(l).contains("TAG"));
    sources.keySet().forEach(kind -> assertThat(listed).contains("imported-" + kind + ":1"));
  }

  @Test
  @Order(2)
  void anImageIsInspectedByTagAndById() throws IOException, InterruptedException {
    CommandOutcome outcome = succeeded(atoll("image", "inspect", "imported-layout:1"));
    assertThat(outcome.errors()).isEmpty();
    String facts = outcome.text();
    assertThat(facts)
        .containsPattern("tags: +imported-archive:1 imported-layout:1")
        .containsPattern("digest: +sha256:[0-9a-f]{64}")
        .containsPattern("layers: +1")
        .containsPattern("workdir: +/srv")
        .containsPattern("env FROM_IMAGE: +yes");
    String id = facts.lines().findFirst().orElseThrow().split(": +")[1];
    assertThat(succeeded(atoll("image", "inspect", id)).text()).isEqualTo(facts);
  }

  @Test
  @Order(3)
  void aRemovedTagIsGone() throws IOException, InterruptedException {
    succeeded(atoll("image", "rm", "imported-tar:1", "imported-folder:1"));
    assertThat(succeeded(atoll("image", "ls")).text())
        .doesNotContain("imported-tar:1", "imported-folder:1")
        .contains("imported-layout:1");
    failed(atoll("image", "rm", "imported-tar:1"), "imported-tar:1");
    failed(atoll("image", "inspect", "imported-tar:1"), "imported-tar:1");
  }

  @Test
  @Order(4)
  void whatCantBeImportedIsNamed() throws IOException, InterruptedException {
    String none = folder.resolve("none").toString();
    failed(atoll("image", "import", none, "-t", "none:1"), none);
    Path text = folder.resolve("config.yaml");
    failed(atoll("image", "import", text.toString(), "-t", "none:1"), text.toString());
    byte[] magic = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 4};
    Path xz = Files.write(folder.resolve("root.tar.xz"), magic);
    failed(atoll("image", "import", xz.toString(), "-t", "none:1"), "xz", "decompress");
    assertThat(succeeded(atoll("image", "ls")).text()).doesNotContain("none:1");
  }

  @Test
  @Order(5)
  void lsListsWhatRuns() throws IOException, InterruptedException {
    String listed = succeeded(atoll("ls")).text();
    assertThat(listed).containsOnlyOnce(sandbox.id());
    assertThat(listed.lines().filter(line -> line.startsWith(sandbox.id())).findFirst())
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .contains("command-line", "box-1", "running", "gvisor", "sleep 1000"));
  }

  @Test
  @Order(6)
  void inspectNamesTierAndRuntime() throws IOException, InterruptedException {
    String version =
        TinyRoot.run(System.getenv().getOrDefault("ATOLL_RUNSC", "runsc"), "--version");
    String release = version.lines().findFirst().orElseThrow().replace("runsc version ", "");
    assertThat(succeeded(atoll("inspect", sandbox.id())).text())
        .containsPattern("sandbox: +" + sandbox.id())
        .containsPattern("tier: +gvisor")
        .containsPattern("runtime: +runsc \\Q" + release + "\\E")
        .containsPattern("state: +running")
        .containsPattern("command: +sleep 1000")
        .containsPattern("memory: +64");
    failed(atoll("inspect", "sb-0000000000000000000000"), "sb-0000000000000000000000");
  }

  @Test
  void execCarriesBytesBothWays() throws IOException, InterruptedException {
    byte[] input = new byte[3 << 20];
    new Random(7).nextBytes(input);
    CommandOutcome outcome = exec(input, "cat");
    assertThat(outcome.status()).as(outcome.errors()).isZero();
    assertThat(outcome.output()).isEqualTo(input);
    assertThat(outcome.errors()).isEmpty();
  }

  @Test
  void execKeepsTheStreamsApartAndExitsAsTheCommandDoes() throws IOException, InterruptedException {
    CommandOutcome outcome = exec(new byte[0], "sh", "-c", "echo out; echo err >&2; exit 42");
    assertThat(outcome.status()).isEqualTo(42);
    assertThat(outcome.text()).isEqualTo("out\n");
    assertThat(outcome.errors()).isEqualTo("err\n");
    assertThat(exec(new byte[0], "sh", "-c", "kill -TERM $$").status()).isEqualTo(128 + 15);
  }

  @Test
  void execTakesWorkdirAndEnvironment() throws IOException, InterruptedException {
    CommandOutcome outcome =
        succeeded(
            atoll(
                "exec",
                "-w",
                "/srv",
                "-e",
                "ONE=1",
                sandbox.id(),
                "--",
                "sh",
                "-c",
                "pwd; echo $ONE"));
    assertThat(outcome.text()).isEqualTo("/srv\n1\n");
  }

  @Test
  void execOfWhatIsNotThereIsASentence() throws IOException, InterruptedException {
    CommandOutcome program = exec(new byte[0], "no-such-program");
    failed(program, "no-such-program");
    failed(atoll("exec", "sb-0000000000000000000000", "--", "true"), "sb-0000000000000000000000");
  }

  @Test
  void aSecretIsMadeFromAllSourcesUsedAndRemoved() throws IOException, InterruptedException {
    ProcessBuilder create =
        command("secret", "create", "all-sources", "GIVEN=1", "EXPORTED", "PIPED=-", "EMPTY=");
    create.environment().put("EXPORTED", "2=two");
    CommandOutcome made =
        succeeded(AtollProcess.outcome(create, "3\nthree".getBytes(StandardCharsets.UTF_8)));
    assertThat(made.text()).matches("st-[A-Za-z0-9]{22}\n");
    assertThat(environmentOf("all-sources"))
        .contains("GIVEN=1\n", "EXPORTED=2=two\n", "PIPED=3\nthree\n", "EMPTY=\n");

    failed(atoll("secret", "create", "all-sources", "A=1"), "all-sources", "already exists");
    succeeded(atoll("secret", "create", "--force", "all-sources", "A=1"));
    assertThat(environmentOf("all-sources")).contains("A=1\n").doesNotContain("GIVEN");
    assertThat(succeeded(atoll("secret", "ls")).text())
        .containsPattern("all-sources +" + made.text().strip() + " .* A\n")
        .doesNotContain("two");

    succeeded(atoll("secret", "rm", "all-sources"));
    assertThat(succeeded(atoll("secret", "ls")).text()).doesNotContain("all-sources");
    failed(atoll("secret", "rm", "all-sources"), "Secret 'all-sources' not found");
    failed(atoll("secret", "create", "none", "NOT_EXPORTED"), "NOT_EXPORTED", "=VALUE");
    failed(atoll("secret", "create", "none", "TWICE=1", "TWICE=2"), "TWICE");
    failed(atoll("secret", "create", "not a name", "A=1"), "not a name");
  }

  @Test
  void anEnvironmentHasItsOwnSecretsAndGoesWithThem() throws IOException, InterruptedException {
    succeeded(atoll("environment", "create", "staging"));
    failed(atoll("environment", "create", "staging"), "staging", "already exists");
    failed(atoll("environment", "create", "en-x"), "en-x");
    assertThat(succeeded(atoll("environment", "ls")).text())
        .containsPattern("main .* yes\n")
        .containsPattern("staging +en-[A-Za-z0-9]{22} ");

    succeeded(atoll("secret", "create", "--environment", "staging", "key", "A=1"));
    assertThat(succeeded(atoll("secret", "ls")).text()).doesNotContain("key ");
    assertThat(succeeded(atoll("secret", "ls", "--environment", "staging")).text())
        .contains("key ");
    failed(atoll("secret", "ls", "--environment", "nowhere"), "Environment 'nowhere' not found");

    succeeded(atoll("environment", "rm", "staging"));
    failed(atoll("secret", "ls", "--environment", "staging"), "Environment 'staging' not found");
    failed(atoll("environment", "rm", "main"), "main", "default");
    failed(atoll("environment", "rm", "staging"), "Environment 'staging' not found");
  }

  @Test
  void aTokenSeesItsEnvironmentOnlyUntilItIsRevoked() throws IOException, InterruptedException {
    succeeded(atoll("environment", "create", "tenant"));
    Secret operators = client.secrets().fromMap(Map.of("A", "1"));
    Map<String, String> entry = token("create", "--environment", "tenant", "--expires", "1h", "ci");
    String id = entry.getOrDefault("MODAL_TOKEN_ID", "");
    String secret = entry.getOrDefault("MODAL_TOKEN_SECRET", "");
    assertThat(entry).containsEntry("MODAL_ENVIRONMENT", "tenant");
    assertThat(secret).matches("as-[A-Za-z0-9]{44}");
    assertThat(succeeded(atoll("token", "ls")).text())
        .containsPattern(id + " +tenant +20.* ci\n")
        .containsPattern(server.credential("token_id") + " +\\(all\\) ")
        .doesNotContain(secret);

    Outsider tenant = new Outsider(server, id, secret, sandbox, operators);
    tenant.seesNothingOfOthers();
    tenant.mayNotDoWhatConcernsAll();
    try (Atoll atoll = server.client(settings -> settings.token(id, secret))) {
      App app = atoll.apps().fromName("tenants", options -> options.createIfMissing(true));
      Secret own = atoll.secrets().fromMap(Map.of("OWN", "yes"));
      Sandbox box = atoll.sandboxes().create(app, atoll.images().fromRegistry("tiny:1"));
      assertThat(box.exec(List.of("sh", "-c", "echo $OWN"), exec -> exec.secret(own)).readText())
          .isEqualTo("yes\n");
      assertThat(succeeded(as(entry, "ls")).text()).contains(box.id()).doesNotContain(sandbox.id());
      tenant.cantTakeWhatIsNotItsOwnIntoASandbox(box);
      tenant.openCallsEndWithTheToken(box, () -> succeeded(atoll("token", "revoke", id)));
    }
    failed(as(entry, "ls"), "revoked");
    assertThat(succeeded(atoll("token", "ls")).text()).doesNotContain(id);
    failed(atoll("token", "revoke", id, server.credential("token_id")), "there is no token");
    failed(atoll("token", "revoke", server.credential("token_id")), "credentials");
    failed(atoll("token", "create", "--expires", "soon", "x"), "soon");
  }

  /** The variables that {@code atoll token create} prints. */
  private Map<String, String> token(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("token"));
    command.addAll(List.of(words));
    Map<String, String> variables = new TreeMap<>();
    succeeded(atoll(command.toArray(String[]::new)))
        .text()
        .lines()
        .map(line -> line.replaceFirst("^export ", "").split("=", 2))
        .forEach(pair -> variables.put(pair[0], pair[1]));
    return variables;
  }

  private static CommandOutcome as(Map<String, String> entry, String... words)
      throws IOException, InterruptedException {
    return AtollProcess.outcome(AtollProcess.command(entry, words), none());
  }

  @Test
  void anEnvironmentWithARunningSandboxStays() throws IOException, InterruptedException {
    Set<Path> kept = keptOutput();
    succeeded(atoll("environment", "create", "busy"));
    try (Atoll busy = server.client(settings -> settings.environmentName("busy"))) {
      App app = busy.apps().fromName("busy", options -> options.createIfMissing(true));
      try (Sandbox box = busy.sandboxes().create(app, busy.images().fromRegistry("tiny:1"))) {
        failed(atoll("environment", "rm", "busy"), "busy", "running", "terminate");
        assertThat(box.exec("echo", "kept").readText()).isEqualTo("kept\n");
        box.terminateAndWait();
      }
      Image image = busy.images().fromRegistry("tiny:1");
      try (Sandbox box =
          busy.sandboxes().create(app, image, options -> options.command("echo", "kept"))) {
        assertThat(box.waitFor()).isZero();
        assertThat(box.stdout().readAllBytes()).asString().isEqualTo("kept\n");
      }
    }
    assertThat(keptOutput()).hasSizeGreaterThan(kept.size());
    succeeded(atoll("environment", "rm", "busy"));
    assertThat(keptOutput()).as("output that nobody can ask for").isEqualTo(kept);
    assertThat(succeeded(atoll("environment", "ls")).text()).doesNotContain("busy");
    assertThat(succeeded(atoll("ls", "--all")).text()).doesNotContain(" busy ");
  }

  @Test
  void envOpensTheServerToOthers() throws IOException, InterruptedException {
    CommandOutcome outcome =
        AtollProcess.outcome(AtollProcess.command(server.clientEnvironment(), "ls"), none());
    assertThat(succeeded(outcome).text()).contains(sandbox.id());
  }

  @Test
  void withoutAServerACommandSaysHowToStartOne(@TempDir Path empty)
      throws IOException, InterruptedException {
    for (String command : List.of("env", "ls", "image ls")) {
      List<String> words = new ArrayList<>(List.of(command.split(" ")));
      words.addAll(List.of("--data-dir", empty.toString()));
      failed(
          AtollProcess.outcome(words.toArray(String[]::new)),
          "no server runs on " + empty,
          "atoll serve --data-dir " + empty);
    }
    assertThat(empty).isEmptyDirectory();
  }

  @Test
  void caPrintsWhatClientsShallTrust(@TempDir Path empty) throws IOException, InterruptedException {
    String printed = succeeded(atoll("ca")).text();
    assertThat(printed)
        .startsWith("-----BEGIN CERTIFICATE-----")
        .endsWith("-----END CERTIFICATE-----\n")
        .doesNotContain("KEY");
    assertThat(succeeded(atoll("ca")).text()).isEqualTo(printed);
    failed(AtollProcess.outcome("ca", "--data-dir", empty.toString()), "atoll serve --data-dir");
    assertThat(empty).isEmptyDirectory();
  }

  @Test
  void moreOutputThanIsKept() throws IOException, InterruptedException {
    try (Wire wire = Wire.to(server)) {
      UnreadOutput output = new UnreadOutput(client, wire, client.apps().fromName("command-line"));
      output.isCutAndTold();
      output.isWholeForAReaderThatKeepsUp();
      output.holdsAnExecUp();
    }
  }

  private CommandOutcome atoll(String... words) throws IOException, InterruptedException {
    return AtollProcess.outcome(command(words), none());
  }

  private CommandOutcome exec(byte[] input, String... command)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("exec", sandbox.id(), "--"));
    words.addAll(List.of(command));
    return AtollProcess.outcome(command(words.toArray(String[]::new)), input);
  }

  private ProcessBuilder command(String... words) {
    return AtollProcess.command(Map.of("ATOLL_DATA_DIR", server.dataFolder()), words);
  }

  private Set<Path> keptOutput() throws IOException {
    try (Stream<Path> files = Files.list(server.data().resolve("worker/tasks"))) {
      return files.collect(Collectors.toSet());
    }
  }

  /** The environment of a sandbox that has the secret. */
  private String environmentOf(String secret) {
    App app = client.apps().fromName("command-line");
    try (Sandbox box =
        client
            .sandboxes()
            .create(
                app,
                client.images().fromRegistry("tiny:1"),
                options -> options.secret(client.secrets().fromName(secret)))) {
      return box.exec("env").readText();
    }
  }

  /** What a sandbox of the image prints. */
  private String runs(String tag) {
    App app = client.apps().fromName("command-line");
    try (Sandbox box = client.sandboxes().create(app, client.images().fromRegistry(tag))) {
      return box.exec("echo", "from", tag).readText();
    }
  }

  private static CommandOutcome succeeded(CommandOutcome outcome) {
    assertThat(outcome.status()).as(outcome.toString()).isZero();
    return outcome;
  }

  /** One line on stderr with those words after any progress, nothing on stdout. */
  private static void failed(CommandOutcome outcome, String... words) {
    assertThat(outcome.status()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.text()).isEmpty();
    assertThat(outcome.errors()).doesNotContain("\tat ", "defect");
    String last = outcome.errors().lines().reduce("", (before, line) -> line);
    assertThat(last).startsWith("atoll: ").contains(words);
  }

  private static byte[] none() {
    return new byte[0];
  }
}
