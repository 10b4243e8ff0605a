package dev.atoll.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The official JavaScript client in a process of its own, which does one thing at a time. */
final class InteractiveClient implements AutoCloseable {
  private static final String PROGRAM = "interactive.mjs";
  // The version that the conformance tests pin, too.
  private static final String VERSION = "0.7.6";

  private final Process process;
  private final Path log;
  private final Writer requests;
  private final BufferedReader answers;
  private final JsonMapper json = new JsonMapper();

  private InteractiveClient(Process process, Path log) {
    this.log = log;
    this.process = process;
    this.requests = process.outputWriter();
    this.answers = process.inputReader();
  }

  /**
   * One sandbox of a run, in milliseconds since the call of create.
   *
   * @param create until create had answered
   * @param first until the first command had ended
   * @param second until the second one had
   */
  record Interactive(double create, double first, double second) {}

  /**
   * Many sandboxes.
   *
   * @param wallMillis from the first create to the last command's end
   * @param sandboxes those that succeeded
   * @param failures how many failed, by the class of the client's error
   */
  record Run(double wallMillis, List<Interactive> sandboxes, Map<String, Integer> failures) {
    Run {
      sandboxes = List.copyOf(sandboxes);
      failures = Map.copyOf(failures);
    }

    Samples samples(String name, ToDoubleFunction<Interactive> what) {
      return new Samples(name, "ms", sandboxes.stream().mapToDouble(what).boxed().toList());
    }
  }

  /** Installs the client with npm(1) into an empty folder, and connects it. */
  static InteractiveClient start(ServerProcess server, String tag, Path directory)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Path pinned = Path.of(System.getenv("ATOLL_HOME"), "conformance", "clients", VERSION);
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.copy(pinned.resolve(file), directory.resolve(file));
    }
    try (InputStream program =
        Objects.requireNonNull(InteractiveClient.class.getResourceAsStream(PROGRAM))) {
      Files.copy(program, directory.resolve(PROGRAM));
    }
    Path log = directory.resolve("npm.log");
    Process install =
        new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (install.waitFor() != 0) {
      throw new IOException("npm could not install the client; its log is " + log);
    }
    ProcessBuilder builder =
        new ProcessBuilder("node", PROGRAM, tag)
            .directory(directory.toFile())
            .redirectError(directory.resolve("client.log").toFile());
    Map<String, String> credentials = server.credentials();
    builder.environment().put("MODAL_SERVER_URL", server.url());
    builder.environment().put("MODAL_TOKEN_ID", credentials.getOrDefault("token_id", ""));
    builder.environment().put("MODAL_TOKEN_SECRET", credentials.getOrDefault("token_secret", ""));
    return new InteractiveClient(builder.start(), directory.resolve("client.log"));
  }

  /** From the call of create to the first output of {@code echo}. */
  double createToFirstOutputMillis() throws IOException {
    return ask("echo").get("first").asDouble();
  }

  /** Creates so many sandboxes, one begun after each gap, and runs two commands in each. */
  Run many(int count, long gapMillis) throws IOException {
    JsonNode answer = ask("many " + count + " " + gapMillis);
    List<Interactive> sandboxes = new ArrayList<>();
    Map<String, Integer> failures = new TreeMap<>();
    for (JsonNode sandbox : answer.get("sandboxes")) {
      Optional<JsonNode> failure = Optional.ofNullable(sandbox.get("failure"));
      if (failure.isPresent()) {
        failures.merge(failure.get().asString(), 1, Integer::sum);
      } else {
        sandboxes.add(
            new Interactive(
                sandbox.get("create").asDouble(),
                sandbox.get("first").asDouble(),
                sandbox.get("second").asDouble()));
      }
    }
    return new Run(answer.get("wall").asDouble(), sandboxes, failures);
  }

  private JsonNode ask(String request) throws IOException {
    requests.write(request + "\n");
    requests.flush();
    Optional<String> answer = Optional.ofNullable(answers.readLine());
    return json.readTree(
        answer.orElseThrow(() -> new IOException("the client ended; its log is " + log)));
  }

  @Override
  public void close() throws InterruptedException {
    try {
      requests.close();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
