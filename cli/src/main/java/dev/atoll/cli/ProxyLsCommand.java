package dev.atoll.cli;

import dev.atoll.protocol.admin.ListProxiesRequest;
import dev.atoll.protocol.modal.Proxy;
import dev.atoll.protocol.modal.ProxyIp;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    description = "Lists an environment's proxies by name.")
final class ProxyLsCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();
  @Mixin private EnvironmentChoice environment = new EnvironmentChoice();

  ProxyLsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Table table = new Table("NAME", "ID", "ADDRESS", "CREATED");
    ListProxiesRequest request =
        ListProxiesRequest.newBuilder().setEnvironmentName(environment.name()).build();
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      for (Proxy proxy : server.admin().listProxies(request).getProxiesList()) {
        String addresses =
            proxy.getProxyIpsList().stream()
                .map(ProxyIp::getProxyIp)
                .collect(Collectors.joining(" "));
        table.row(
            proxy.getName(), proxy.getProxyId(), addresses, Format.time(proxy.getCreatedAt()));
      }
    }
    table.print(surroundings.out());
    return 0;
  }
}
