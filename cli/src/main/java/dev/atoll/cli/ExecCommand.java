package dev.atoll.cli;

import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.ExecOptions;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "exec",
    mixinStandardHelpOptions = true,
    customSynopsis = "atoll exec [OPTIONS] SANDBOX -- COMMAND...",
    description =
        "Runs a command in a sandbox with this terminal's stdin, stdout and stderr, and exits as the "
            + "command does.")
final class ExecCommand implements Callable<Integer> {
  private static final int BUFFER = 64 << 10;

  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Option(
      names = {"-w", "--workdir"},
      paramLabel = "DIR",
      description = "The working directory, absolute. Default: the sandbox's.")
  private @Nullable String workdir;

  @Option(
      names = {"-e", "--env"},
      paramLabel = "NAME=VALUE",
      description = "A variable of the command's environment; may be given several times.")
  private Map<String, String> environment = Map.of();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Kill the command after so many seconds, 1 or more. Default: never.")
  private @Nullable Integer timeout;

  @Option(
      names = {"-t", "--tty"},
      description = "Run the command on a pseudo terminal of 24 x 80.")
  private boolean tty;

  @Parameters(index = "0", paramLabel = "SANDBOX", description = "The sandbox's id, such as sb-...")
  private String sandboxId = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "The program, looked up in the sandbox's PATH, and its arguments.")
  private List<String> command = List.of();

  ExecCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (Atoll client = target.resolve(surroundings.environment()).client()) {
      Sandbox sandbox = client.sandboxes().fromId(sandboxId);
      SandboxProcess process = sandbox.exec(command, options());
      // A platform thread: reading this process's stdin blocks its carrier.
      Thread.ofPlatform().daemon().name("exec-stdin").start(() -> feed(process.getOutputStream()));
      CompletableFuture<Void> errors =
          CompletableFuture.runAsync(
              () -> copy(process.getErrorStream(), surroundings.err()), Thread::startVirtualThread);
      copy(process.getInputStream(), surroundings.out());
      errors.join();
      return process.waitFor();
    } catch (CompletionException e) {
      throw e.getCause() instanceof CliException failure ? failure : e;
    }
  }

  private ExecOptions options() {
    ExecOptions.Builder options = ExecOptions.builder().environment(environment).pty(tty);
    if (workdir != null) {
      options.workdir(workdir);
    }
    if (timeout != null) {
      options.timeout(Duration.ofSeconds(timeout));
    }
    return options.build();
  }

  /** A command that reads no stdin, or ends before it has read it all, is no failure. */
  private void feed(OutputStream stdin) {
    byte[] buffer = new byte[BUFFER];
    try (stdin) {
      int count;
      while ((count = surroundings.in().read(buffer)) >= 0) {
        stdin.write(buffer, 0, count);
        if (surroundings.in().available() == 0) {
          stdin.flush();
        }
      }
    } catch (IOException e) {
      return;
    }
  }

  private static void copy(InputStream from, PrintStream to) {
    byte[] buffer = new byte[BUFFER];
    try {
      int count;
      while ((count = from.read(buffer)) >= 0) {
        to.write(buffer, 0, count);
        if (from.available() == 0) {
          to.flush();
        }
      }
    } catch (IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }
}
