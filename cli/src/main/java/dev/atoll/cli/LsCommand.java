package dev.atoll.cli;

import dev.atoll.protocol.admin.ListSandboxesRequest;
import dev.atoll.protocol.admin.Sandbox;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    description = "Lists the running sandboxes, the newest first.")
final class LsCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Option(
      names = {"-a", "--all"},
      description = "Show those that have ended, too.")
  private boolean all;

  LsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Table table = new Table("SANDBOX", "APP", "NAME", "STATE", "CREATED", "TIER", "COMMAND");
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      ListSandboxesRequest request =
          ListSandboxesRequest.newBuilder().setIncludeFinished(all).build();
      for (Sandbox sandbox : server.admin().listSandboxes(request).getSandboxesList()) {
        table.row(
            sandbox.getSandboxId(),
            sandbox.getApp(),
            sandbox.getName(),
            sandbox.getState(),
            Format.time(sandbox.getCreatedAt()),
            sandbox.getTier(),
            Format.command(sandbox.getCommandList()));
      }
    }
    table.print(surroundings.out());
    return 0;
  }
}
