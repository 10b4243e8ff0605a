package dev.atoll.cli;

import dev.atoll.protocol.modal.EnvironmentCreateRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "create", mixinStandardHelpOptions = true, description = "Makes an environment.")
final class EnvironmentCreateCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "NAME", description = "Its name.")
  private String name = "";

  EnvironmentCreateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      var unused =
          server
              .api()
              .environmentCreate(EnvironmentCreateRequest.newBuilder().setName(name).build());
    }
    return 0;
  }
}
