package dev.atoll.cli;

import dev.atoll.protocol.modal.EnvironmentDeleteRequest;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "rm",
    mixinStandardHelpOptions = true,
    description = {
      "Removes environments with their apps and secrets.",
      "The default one stays, and so does one that has running sandboxes."
    })
final class EnvironmentRmCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "The environments to remove.")
  private List<String> names = List.of();

  EnvironmentRmCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      for (String name : names) {
        var unused =
            server
                .api()
                .environmentDelete(EnvironmentDeleteRequest.newBuilder().setName(name).build());
      }
    }
    return 0;
  }
}
