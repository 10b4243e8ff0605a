package dev.atoll.cli;

import dev.atoll.protocol.modal.ObjectCreationType;
import dev.atoll.protocol.modal.SecretGetOrCreateRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a secret and prints its id.",
      "KEY=VALUE is seen by whoever lists this machine's processes: KEY alone takes the value from "
          + "this command's environment, KEY=- from standard input, to its end."
    })
final class SecretCreateCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();
  @Mixin private EnvironmentChoice environment = new EnvironmentChoice();

  @Option(names = "--force", description = "Replace a secret of that name, all its variables.")
  private boolean force;

  @Parameters(index = "0", paramLabel = "NAME", description = "The secret's name.")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "KEY[=VALUE]",
      description = "Its variables.")
  private List<String> variables = List.of();

  SecretCreateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    SecretGetOrCreateRequest request =
        SecretGetOrCreateRequest.newBuilder()
            .setDeploymentName(name)
            .setEnvironmentName(environment.name())
            .setObjectCreationType(
                force
                    ? ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_OVERWRITE_IF_EXISTS
                    : ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS)
            .putAllEnvDict(values())
            .build();
    try (ServerConnection server =
        new ServerConnection(target.resolve(surroundings.environment()))) {
      surroundings.out().println(server.api().secretGetOrCreate(request).getSecretId());
    }
    return 0;
  }

  private Map<String, String> values() throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      String key = equals < 0 ? variable : variable.substring(0, equals);
      if (values.containsKey(key)) {
        throw new CliException("'" + key + "' is given twice: name each variable once");
      }
      values.put(key, equals < 0 ? fromEnvironment(key) : value(variable.substring(equals + 1)));
    }
    return values;
  }

  private String fromEnvironment(String key) {
    return Optional.ofNullable(surroundings.environment().get(key))
        .orElseThrow(
            () ->
                new CliException(
                    "'"
                        + key
                        + "' is not in the environment: export it, or give it as "
                        + key
                        + "=VALUE"));
  }

  private String value(String given) throws IOException {
    return given.equals("-")
        ? new String(surroundings.in().readAllBytes(), StandardCharsets.UTF_8)
        : given;
  }
}
