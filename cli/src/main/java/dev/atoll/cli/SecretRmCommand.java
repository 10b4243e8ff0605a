package dev.atoll.cli;

import dev.atoll.protocol.modal.SecretDeleteRequest;
import dev.atoll.protocol.modal.SecretGetOrCreateRequest;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "rm",
    mixinStandardHelpOptions = true,
    description = "Removes secrets. What has started with them keeps their variables.")
final class SecretRmCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();
  @Mixin private EnvironmentChoice environment = new EnvironmentChoice();

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "The secrets to remove.")
  private List<String> names = List.of();

  SecretRmCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      for (String name : names) {
        SecretGetOrCreateRequest find =
            SecretGetOrCreateRequest.newBuilder()
                .setDeploymentName(name)
                .setEnvironmentName(environment.name())
                .build();
        String id = server.api().secretGetOrCreate(find).getSecretId();
        var unused =
            server.api().secretDelete(SecretDeleteRequest.newBuilder().setSecretId(id).build());
      }
    }
    return 0;
  }
}
