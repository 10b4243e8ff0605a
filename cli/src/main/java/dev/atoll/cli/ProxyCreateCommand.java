package dev.atoll.cli;

import dev.atoll.protocol.admin.CreateProxyRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a proxy and prints its id. Connections of sandboxes that are created with it leave the "
          + "server's machine from the proxy's address."
    })
final class ProxyCreateCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();
  @Mixin private EnvironmentChoice environment = new EnvironmentChoice();

  @Parameters(paramLabel = "NAME", description = "Its name.")
  private String name = "";

  @Option(
      names = "--address",
      paramLabel = "IP",
      description =
          "One of the IPv4 addresses of the server's machine. Default: the one that connections leave "
              + "from anyway.")
  private String address = "";

  ProxyCreateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    CreateProxyRequest request =
        CreateProxyRequest.newBuilder()
            .setName(name)
            .setEnvironmentName(environment.name())
            .setAddress(address)
            .build();
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      surroundings.out().println(server.admin().createProxy(request).getProxyId());
    }
    return 0;
  }
}
