package dev.atoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a user sees of commands that reach no server. */
class CommandLineTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();
  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> everyCommandAndOptionSaysWhatItIsFor() {
    return commands(Main.commandLine(surroundings()))
        .map(
            command ->
                DynamicTest.dynamicTest(command.getCommandName(), () -> isDescribed(command)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "exec --version", "image ls --version"})
  void everyCommandTellsTheVersion(String command) {
    assertThat(run(command.split(" "))).isZero();
    assertThat(text(out)).startsWith("atoll ").hasLineCount(1);
  }

  @Test
  void envPrintsTheAccessOfTheServerOnADataFolder() throws IOException {
    server(ProcessHandle.current().pid());

    assertThat(run("env", "--data-dir", folder.toString())).isZero();
    assertThat(text(out))
        .isEqualTo(
            """
            export MODAL_SERVER_URL=http://127.0.0.1:7070
            export MODAL_TOKEN_ID=ak-1
            export MODAL_TOKEN_SECRET=as-1
            """);
    assertThat(text(err)).isEmpty();
  }

  @Test
  void theOptionIsStrongerThanTheEnvironmentAndThatThanTheUsualFolder() throws IOException {
    server(ProcessHandle.current().pid());
    environment.put("ATOLL_DATA_DIR", folder.toString());
    assertThat(run("env")).isZero();
    assertThat(text(out)).contains("http://127.0.0.1:7070");

    environment.put("MODAL_SERVER_URL", "https://atoll.example.com");
    environment.put("MODAL_TOKEN_ID", "ak-2");
    environment.put("MODAL_TOKEN_SECRET", "it's");
    out.reset();
    assertThat(run("env")).isZero();
    assertThat(text(out)).contains("https://atoll.example.com", "='it'\\''s'");

    out.reset();
    assertThat(run("env", "--data-dir", folder.toString())).isZero();
    assertThat(text(out)).contains("http://127.0.0.1:7070").doesNotContain("example.com");
  }

  @Test
  void aFolderWithoutAServerSaysHowToStartOne() throws IOException {
    assertThat(run("ls", "--data-dir", folder.toString())).isEqualTo(1);
    assertThat(text(err)).contains("no server runs on " + folder, "atoll serve --data-dir");
    assertThat(text(out)).isEmpty();

    err.reset();
    server(Long.MAX_VALUE); // the file of a server that was killed
    assertThat(run("ls", "--data-dir", folder.toString())).isEqualTo(1);
    assertThat(text(err)).contains("no server runs on " + folder);
  }

  @Test
  void aServerUrlWithoutATokenIsSaid() {
    environment.put("MODAL_SERVER_URL", "http://127.0.0.1:1");

    assertThat(run("image", "ls")).isEqualTo(1);
    assertThat(text(err)).contains("MODAL_TOKEN_ID").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ls", "inspect sb-1", "exec sb-1 -- true", "image ls", "image rm a:1"})
  void aServerThatIsNotThereIsOneLineOnStderr(String command) {
    environment.put("MODAL_SERVER_URL", "http://127.0.0.1:1");
    environment.put("MODAL_TOKEN_ID", "ak-1");
    environment.put("MODAL_TOKEN_SECRET", "as-1");

    assertThat(run(command.split(" "))).isEqualTo(1);
    assertThat(text(err)).startsWith("atoll: ").contains("can't be reached").hasLineCount(1);
    assertThat(text(out)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "exec",
        "exec sb-1",
        "image",
        "image import /x",
        "image rm",
        "image bootstrap",
        "image bootstrap python:3.13 --suite trixie",
        "inspect",
      })
  void wrongUseIsTwoAndOnStderr(String command) {
    assertThat(run(command.isEmpty() ? new String[0] : command.split(" "))).isEqualTo(2);
    assertThat(text(err)).contains("Usage: atoll");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void aMistypedCommandIsAnsweredWithTheRightOne() {
    assertThat(run("imag")).isEqualTo(2);
    assertThat(text(err)).contains("Did you mean: atoll image");
  }

  private static Stream<CommandLine> commands(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(CommandLineTest::commands));
  }

  private static void isDescribed(CommandLine command) {
    var spec = command.getCommandSpec();
    assertThat(spec.usageMessage().description()).isNotEmpty();
    assertThat(spec.options()).allSatisfy(o -> assertThat(o.description()).isNotEmpty());
    assertThat(spec.positionalParameters())
        .allSatisfy(p -> assertThat(p.description()).isNotEmpty());
  }

  private void server(long pid) throws IOException {
    Files.writeString(folder.resolve("server.pid"), pid + "\nhttp://127.0.0.1:7070\n");
    Files.writeString(folder.resolve("credentials"), "token_id=ak-1\ntoken_secret=as-1\n");
  }

  private int run(String... arguments) {
    return Main.run(surroundings(), arguments);
  }

  private Surroundings surroundings() {
    return new Surroundings(
        new ByteArrayInputStream(new byte[0]), stream(out), stream(err), environment);
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
