package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/** The SDK's example, run from its source as a user would run it. */
final class PythonExample {
  static final Path SOURCE =
      Path.of("../sdk/src/test/java/dev/atoll/sdk/example/PythonScript.java");
  private static final String UNREACHABLE =
      "(?s).*(NewConnectionError|NameResolutionError|ConnectTimeoutError|ProxyError"
          + "|Temporary failure in name resolution|Network is unreachable).*";

  private PythonExample() {}

  /**
   * Runs it to its end and checks what it prints.
   *
   * @throws TestAbortedException if the sandbox can't reach the package index
   */
  static void run(Map<String, String> environment) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(AtollProcess.java());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), SOURCE.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    CommandOutcome outcome = AtollProcess.outcome(builder, new byte[0]);
    if (outcome.status() != 0) {
      abortIfUnreachable(outcome.errors());
    }
    assertThat(outcome.status()).as(outcome.toString()).isZero();
    assertThat(outcome.text())
        .containsPattern("NumPy version: \\d+\\.\\d+")
        .containsPattern("Random array: \\[[-0-9. e]+]");
  }

  /**
   * Ends a test whose pip has failed because of the network.
   *
   * @param said what pip has said
   * @throws TestAbortedException if that is the reason
   */
  static void abortIfUnreachable(String said) {
    if (said.matches(UNREACHABLE)) {
      throw new TestAbortedException("the Python package index can't be reached");
    }
  }
}
