package dev.atoll.conformance;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The command line in a JVM of its own, as the launcher starts it: what a user's shell would run.
 */
final class AtollProcess {
  private static final Set<String> LONG_LIVED = Set.of("serve", "quickstart");

  private AtollProcess() {}

  /**
   * A command that has not been started; its environment is this process's and the given variables.
   */
  static ProcessBuilder command(Map<String, String> environment, String... arguments) {
    return command(List.of(), environment, arguments);
  }

  /** {@link #command(Map, String...)}, in a JVM with further flags. */
  static ProcessBuilder command(
      List<String> flags, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(java());
    if (!LONG_LIVED.contains(arguments[0])) {
      command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    }
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.atoll.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return builder;
  }

  /** This JVM's program, with the launcher's flags. */
  static List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow");
  }

  /**
   * Runs a command to its end and gives its standard output; what it says goes to this process's
   * error stream.
   */
  static String run(String... arguments) throws IOException, InterruptedException {
    Process process =
        command(Map.of(), arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(
          "atoll " + String.join(" ", arguments) + " ended with " + process.exitValue());
    }
    return output;
  }

  /** Runs a command to its end, however it ends, without standard input. */
  static CommandOutcome outcome(String... arguments) throws IOException, InterruptedException {
    return outcome(command(Map.of(), arguments), new byte[0]);
  }

  /** Runs a command to its end, however it ends, with those bytes as its standard input. */
  static CommandOutcome outcome(ProcessBuilder builder, byte[] input)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    Process process = builder.start();
    CompletableFuture<byte[]> errors =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return process.getErrorStream().readAllBytes();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            task -> Thread.ofPlatform().daemon().start(task));
    Thread.ofPlatform().daemon().start(() -> feed(process.getOutputStream(), input));
    byte[] output = process.getInputStream().readAllBytes();
    return new CommandOutcome(
        process.waitFor(),
        output,
        new String(errors.join(), StandardCharsets.UTF_8),
        Duration.ofNanos(System.nanoTime() - start));
  }

  /** A command may end without having read its input. */
  private static void feed(OutputStream stdin, byte[] input) {
    try (stdin) {
      stdin.write(input);
    } catch (IOException notRead) {
      return;
    }
  }
}
