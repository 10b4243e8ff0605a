package dev.atoll.cli;

import com.google.protobuf.Empty;
import dev.atoll.protocol.modal.EnvironmentListItem;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    description = "Lists the environments by name.")
final class EnvironmentLsCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  EnvironmentLsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Table table = new Table("NAME", "ID", "CREATED", "DEFAULT");
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      for (EnvironmentListItem environment :
          server.api().environmentList(Empty.getDefaultInstance()).getItemsList()) {
        table.row(
            environment.getName(),
            environment.getEnvironmentId(),
            Format.time(environment.getCreatedAt()),
            environment.getDefault() ? "yes" : "");
      }
    }
    table.print(surroundings.out());
    return 0;
  }
}
