package dev.atoll.cli;

import dev.atoll.protocol.admin.RemoveProxyRequest;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "rm",
    mixinStandardHelpOptions = true,
    description = "Removes proxies. Sandboxes that were created with them go on as they are.")
final class ProxyRmCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();
  @Mixin private EnvironmentChoice environment = new EnvironmentChoice();

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "The proxies to remove.")
  private List<String> names = List.of();

  ProxyRmCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      for (String name : names) {
        var unused =
            server
                .admin()
                .removeProxy(
                    RemoveProxyRequest.newBuilder()
                        .setName(name)
                        .setEnvironmentName(environment.name())
                        .build());
      }
    }
    return 0;
  }
}
