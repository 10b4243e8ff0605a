package dev.atoll.cli;

import dev.atoll.protocol.modal.ListPagination;
import dev.atoll.protocol.modal.SecretListItem;
import dev.atoll.protocol.modal.SecretListRequest;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    description = "Lists an environment's secrets, the newest first, with their keys.")
final class SecretLsCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();
  @Mixin private EnvironmentChoice environment = new EnvironmentChoice();

  SecretLsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Table table = new Table("NAME", "ID", "CREATED", "USED", "KEYS");
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      SecretListRequest.Builder request =
          SecretListRequest.newBuilder().setEnvironmentName(environment.name());
      List<SecretListItem> page = server.api().secretList(request.build()).getItemsList();
      while (!page.isEmpty()) {
        page.forEach(secret -> table.row(row(secret)));
        request.setPagination(
            ListPagination.newBuilder().setCreatedBefore(page.getLast().getCreatedAt()));
        page = server.api().secretList(request.build()).getItemsList();
      }
    }
    table.print(surroundings.out());
    return 0;
  }

  private static String[] row(SecretListItem secret) {
    return new String[] {
      secret.getLabel(),
      secret.getSecretId(),
      Format.time(secret.getCreatedAt()),
      Format.time(secret.getLastUsedAt()),
      String.join(" ", secret.getMetadata().getKeysList())
    };
  }
}
