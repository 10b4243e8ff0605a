package dev.atoll.cli;

import dev.atoll.protocol.admin.CreateTokenRequest;
import dev.atoll.protocol.admin.CreatedToken;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a token and prints the environment variables with which a client enters with it.",
      "Its secret is shown this once. The token sees and touches one environment only: its apps, sandboxes, "
          + "images, secrets and proxies, and the images that 'atoll image' has given a tag."
    })
final class TokenCreateCommand implements Callable<Integer> {
  private static final Pattern LIFE = Pattern.compile("([1-9]\\d{0,5})([smhd])");

  private final Surroundings surroundings;
  @Mixin private Target target = new Target();
  @Mixin private EnvironmentChoice environment = new EnvironmentChoice();

  @Option(
      names = "--all-environments",
      description = "Make a token that may do everything, as that of the server's data folder.")
  private boolean allEnvironments;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "How long it is good, such as 12h or 90d. Default: until it is revoked.")
  private String expires = "";

  @Parameters(paramLabel = "NAME", description = "What it is for, such as 'ci'.")
  private String name = "";

  TokenCreateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    ServerAccess access = target.resolve(surroundings.environment());
    CreateTokenRequest request =
        CreateTokenRequest.newBuilder()
            .setName(name)
            .setEnvironmentName(environment.name())
            .setAllEnvironments(allEnvironments)
            .setLifeSeconds(expires.isEmpty() ? 0 : life().toSeconds())
            .build();
    CreatedToken created;
    try (ServerConnection server = new ServerConnection(access)) {
      created = server.admin().createToken(request);
    }
    Map<String, String> variables = new LinkedHashMap<>(access.variables());
    access.publicUrl().ifPresent(url -> variables.put("MODAL_SERVER_URL", url));
    variables.put("MODAL_TOKEN_ID", created.getToken().getTokenId());
    variables.put("MODAL_TOKEN_SECRET", created.getTokenSecret());
    if (!created.getToken().getEnvironmentName().isEmpty()) {
      variables.put("MODAL_ENVIRONMENT", created.getToken().getEnvironmentName());
    }
    variables.forEach(
        (key, value) -> surroundings.out().println("export " + key + "=" + Format.quote(value)));
    return 0;
  }

  private Duration life() {
    Matcher match = LIFE.matcher(expires);
    if (!match.matches()) {
      throw new CliException("--expires '" + expires + "': give a time such as 12h or 90d");
    }
    long number = Long.parseLong(match.group(1));
    return switch (match.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
