package dev.atoll.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The filesystem tool while it runs, as an exec of a sandbox runs it. */
final class ToolRun {
  private final Process process;
  private final CompletableFuture<byte[]> errors;

  ToolRun(Path tool, String command) throws IOException {
    process = new ProcessBuilder(tool.toString(), command).start();
    errors =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return process.getErrorStream().readAllBytes();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            },
            Thread::startVirtualThread);
  }

  /** How it ended, and what it wrote. */
  record Outcome(int code, String out, String err) {
    static Outcome silent() {
      return new Outcome(0, "", "");
    }
  }

  void write(byte[] bytes) throws IOException {
    process.getOutputStream().write(bytes);
    process.getOutputStream().flush();
  }

  /** Ends the input. */
  void closeInput() throws IOException {
    process.getOutputStream().close();
  }

  /** The next line of stdout. */
  BufferedReader lines() {
    return process.inputReader(StandardCharsets.UTF_8);
  }

  /** Gives it its input, and waits for its end. */
  Outcome finish(byte[] input) throws IOException, InterruptedException {
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException closed) {
      // It failed before it read anything: its own error tells.
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), out, new String(errors.join(), StandardCharsets.UTF_8));
  }

  /** All that it writes to stdout, when it succeeds. */
  byte[] bytes() throws IOException, InterruptedException {
    byte[] bytes = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    return bytes;
  }

  long pid() {
    return process.pid();
  }

  /** Ends it with SIGTERM while its input is open. */
  void terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  /** Waits for its end; its exit code. */
  int code() throws InterruptedException {
    return process.waitFor();
  }

  static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
