package dev.atoll.cli;

import dev.atoll.protocol.admin.RevokeTokenRequest;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "revoke",
    mixinStandardHelpOptions = true,
    description = {
      "Revokes tokens: from now on calls with them are refused, and with what was derived from them. "
          + "Calls and streams that are open then end at once. Sandboxes run on."
    })
final class TokenRevokeCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  @Parameters(
      arity = "1..*",
      paramLabel = "ID",
      description = "Their ids, as 'atoll token ls' has them.")
  private List<String> ids = List.of();

  TokenRevokeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      for (String id : ids) {
        var unused =
            server.admin().revokeToken(RevokeTokenRequest.newBuilder().setTokenId(id).build());
      }
    }
    return 0;
  }
}
