package dev.atoll.cli;

import com.google.protobuf.Empty;
import dev.atoll.protocol.admin.Token;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the tokens, the oldest first, without their secrets.",
      "The one without a name is that of the server's data folder."
    })
final class TokenLsCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  TokenLsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Table table = new Table("ID", "ENVIRONMENT", "CREATED", "USED", "EXPIRES", "NAME");
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      for (Token token : server.admin().listTokens(Empty.getDefaultInstance()).getTokensList()) {
        table.row(
            token.getTokenId(),
            token.getEnvironmentName().isEmpty() ? "(all)" : token.getEnvironmentName(),
            Format.time(token.getCreatedAt()),
            Format.time(token.getLastUsedAt()),
            Format.time(token.getExpiresAt()),
            token.getName());
      }
    }
    table.print(surroundings.out());
    return 0;
  }
}
