package dev.atoll.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "env",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the environment variables with which a client finds the server and enters it:",
      "eval \"$(atoll env)\""
    })
final class EnvCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private Target target = new Target();

  EnvCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    target
        .resolve(surroundings.environment())
        .variables()
        .forEach(
            (name, value) ->
                surroundings.out().println("export " + name + "=" + Format.quote(value)));
    return 0;
  }
}
