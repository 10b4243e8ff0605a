package dev.atoll.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command line in a JVM of its own, as the launcher starts it: what a user's shell would run.
 */
final class AtollProcess {
  private AtollProcess() {}

  /**
   * A command that has not been started; its environment is this process's and the given variables.
   */
  static ProcessBuilder command(Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.atoll.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return builder;
  }

  /**
   * Runs a command to its end and gives its standard output; what it says goes to this process's
   * error stream.
   */
  static String run(String... arguments) throws IOException, InterruptedException {
    Process process =
        command(Map.of(), arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(
          "atoll " + String.join(" ", arguments) + " ended with " + process.exitValue());
    }
    return output;
  }
}
