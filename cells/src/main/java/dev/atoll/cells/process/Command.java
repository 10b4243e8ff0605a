package dev.atoll.cells.process;

import dev.atoll.cells.CellException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One run of a program of the host. It never outlives the call: at the time limit and at an
 * interrupt it is killed.
 *
 * @param arguments the program and its arguments
 * @param input what it reads from stdin
 * @param limit how long it may take
 */
public record Command(List<String> arguments, String input, Duration limit) {
  private static final Duration USUAL_LIMIT = Duration.ofSeconds(20);
  private static final int MOST_QUOTED = 2000;

  public Command {
    arguments = List.copyOf(arguments);
  }

  /** A run with an empty input and 20 s. */
  public static Command of(String... arguments) {
    return new Command(List.of(arguments), "", USUAL_LIMIT);
  }

  /** The same with an input. */
  public Command withInput(String text) {
    return new Command(arguments, text, limit);
  }

  /** Where a program is, by PATH and the folders of system programs. */
  public static Optional<Path> find(String program) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/bin:/sbin:/bin";
    for (String folder : path.split(":", -1)) {
      if (folder.startsWith("/") && Files.isExecutable(Path.of(folder, program))) {
        return Optional.of(Path.of(folder, program));
      }
    }
    return Optional.empty();
  }

  /**
   * Runs it to its end.
   *
   * @return its stdout
   * @throws CellException when it can't be started, fails, or takes too long; the message quotes
   *     its stderr
   */
  public String run() throws CellException, InterruptedException {
    Process process = start();
    try {
      CompletableFuture<String> output = drain(process.inputReader());
      CompletableFuture<String> errors = drain(process.errorReader());
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It ended before it read everything; its exit code and stderr tell why.
      }
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CellException(this + " took longer than " + limit.toSeconds() + " s");
      }
      if (process.exitValue() != 0) {
        throw new CellException(
            "%s failed with exit code %d: %s"
                .formatted(this, process.exitValue(), quote(errors.get())));
      }
      return output.get();
    } catch (ExecutionException e) {
      throw new CellException(this + ": its output can't be read", e);
    } finally {
      process.destroyForcibly();
      // Not before the JDK has reaped it: nobody else may meet it as a zombie.
      process.onExit().join();
    }
  }

  private Process start() throws CellException {
    try {
      return new ProcessBuilder(arguments).start();
    } catch (IOException e) {
      throw new CellException(
          "the program " + arguments.getFirst() + " can't be started: " + e.getMessage(), e);
    }
  }

  /** Its name alone: arguments may be long, and inputs are not for messages. */
  @Override
  public String toString() {
    return arguments.getFirst();
  }

  /** The last part of a program's complaint, on one line. */
  public static String quote(String text) {
    String line = text.strip().replace('\n', ';').replaceAll("\\p{Cntrl}", " ");
    return line.length() <= MOST_QUOTED
        ? line
        : "..." + line.substring(line.length() - MOST_QUOTED);
  }

  private static CompletableFuture<String> drain(java.io.BufferedReader reader) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (reader) {
                text.complete(reader.readAllAsString());
              } catch (IOException e) {
                text.completeExceptionally(e);
              }
            });
    return text;
  }
}
