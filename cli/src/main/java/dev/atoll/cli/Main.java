package dev.atoll.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Atoll's command line. */
public final class Main {
  private static final int BUFFER = 64 << 10;
  private static final String VERSION = "atoll 0.1.0";

  private Main() {}

  /** Runs the command that the arguments name and ends the process: 0 done, 1 failed, 2 misused. */
  public static void main(String[] arguments) {
    Surroundings surroundings =
        new Surroundings(
            System.in,
            stream(FileDescriptor.out, false),
            stream(FileDescriptor.err, true),
            System.getenv());
    int status = run(surroundings, arguments);
    surroundings.out().flush();
    System.exit(status);
  }

  /** Runs the command that the arguments name and returns the process's exit code. */
  static int run(Surroundings surroundings, String... arguments) {
    return commandLine(surroundings).execute(arguments);
  }

  static CommandLine commandLine(Surroundings surroundings) {
    CommandLine image =
        new CommandLine(new ImageCommand())
            .addSubcommand(new ImageImportCommand(surroundings))
            .addSubcommand(new ImageBootstrapCommand(surroundings))
            .addSubcommand(new ImageLsCommand(surroundings))
            .addSubcommand(new ImageInspectCommand(surroundings))
            .addSubcommand(new ImageTagCommand(surroundings))
            .addSubcommand(new ImageExportCommand(surroundings))
            .addSubcommand(new ImagePushCommand(surroundings))
            .addSubcommand(new ImageRmCommand(surroundings));
    CommandLine secret =
        new CommandLine(new SecretCommand())
            .addSubcommand(new SecretCreateCommand(surroundings))
            .addSubcommand(new SecretLsCommand(surroundings))
            .addSubcommand(new SecretRmCommand(surroundings));
    CommandLine proxy =
        new CommandLine(new ProxyCommand())
            .addSubcommand(new ProxyCreateCommand(surroundings))
            .addSubcommand(new ProxyLsCommand(surroundings))
            .addSubcommand(new ProxyRmCommand(surroundings));
    CommandLine token =
        new CommandLine(new TokenCommand())
            .addSubcommand(new TokenCreateCommand(surroundings))
            .addSubcommand(new TokenLsCommand(surroundings))
            .addSubcommand(new TokenRevokeCommand(surroundings));
    CommandLine environment =
        new CommandLine(new EnvironmentCommand())
            .addSubcommand(new EnvironmentCreateCommand(surroundings))
            .addSubcommand(new EnvironmentLsCommand(surroundings))
            .addSubcommand(new EnvironmentRmCommand(surroundings));
    CommandLine root =
        new CommandLine(new Root())
            .addSubcommand(new QuickstartCommand(surroundings))
            .addSubcommand(new DoctorCommand(surroundings))
            .addSubcommand(new ServeCommand(surroundings))
            .addSubcommand(new DrainCommand(surroundings))
            .addSubcommand(new EnvCommand(surroundings))
            .addSubcommand(new CaCommand(surroundings))
            .addSubcommand(new LsCommand(surroundings))
            .addSubcommand(new InspectCommand(surroundings))
            .addSubcommand(new ExecCommand(surroundings))
            .addSubcommand(image)
            .addSubcommand(secret)
            .addSubcommand(environment)
            .addSubcommand(proxy)
            .addSubcommand(token)
            .addSubcommand(new CommandLine.HelpCommand())
            .setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8))
            .setUsageHelpAutoWidth(true)
            .setExecutionExceptionHandler(new FailureReport(surroundings.err()));
    nameVersion(root);
    return root;
  }

  /** Every command that has the option answers it. */
  private static void nameVersion(CommandLine command) {
    command.getCommandSpec().version(VERSION);
    command.getSubcommands().values().forEach(Main::nameVersion);
  }

  private static PrintStream stream(FileDescriptor descriptor, boolean flushLines) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), BUFFER),
        flushLines,
        StandardCharsets.UTF_8);
  }

  @Command(
      name = "atoll",
      synopsisSubcommandLabel = "COMMAND",
      mixinStandardHelpOptions = true,
      description = "Sandboxes on your own machines.",
      footer = {
        "",
        "Commands talk to the server that MODAL_SERVER_URL, MODAL_TOKEN_ID and MODAL_TOKEN_SECRET name, "
            + "else to the one that runs on the data folder.",
        "Exit codes: 0 done, 1 failed, 2 wrong use; 'exec': the command's own."
      })
  private static final class Root {}
}
