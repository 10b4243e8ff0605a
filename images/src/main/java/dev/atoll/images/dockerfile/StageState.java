package dev.atoll.images.dockerfile;

import dev.atoll.images.ImageConfig;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The config and the variables of a stage while its instructions are gone through. For each: {@link
 * #expand}, then do what it says, then {@link #apply}. Not thread-safe.
 */
public final class StageState {
  private final Map<String, String> buildArguments;
  private final Map<String, String> globalArguments;
  private final SequencedMap<String, String> arguments = new LinkedHashMap<>();
  private ImageConfig config;
  private boolean commandSet;

  /**
   * Starts a stage.
   *
   * @param base the config of the image that FROM names
   * @param globalArguments what ARGs before the first FROM declared, with their values
   * @param buildArguments values given for this build; one has an effect where an ARG declares it
   */
  public StageState(
      ImageConfig base, Map<String, String> globalArguments, Map<String, String> buildArguments) {
    this.config = base;
    this.globalArguments = Map.copyOf(globalArguments);
    this.buildArguments = Map.copyOf(buildArguments);
  }

  /** The instruction with the variables of this place. */
  public Instruction expand(Instruction instruction) {
    return instruction.expand(this::variable);
  }

  /** The config so far. */
  public ImageConfig config() {
    return config;
  }

  /** What runs shell forms. */
  public List<String> shell() {
    return ConfigChanges.shell(config);
  }

  /** The ARGs declared so far that have a value and that no ENV hides: RUN sees them too. */
  public Map<String, String> visibleArguments() {
    Map<String, String> visible = new LinkedHashMap<>(arguments);
    visible.keySet().removeAll(ConfigChanges.environment(config).keySet());
    return visible;
  }

  /**
   * Takes over what an instruction says about config and variables; the files are the caller's to
   * change.
   *
   * @param instruction expanded
   */
  public void apply(Instruction instruction) {
    switch (instruction) {
      case Instruction.From _, Instruction.Run _, Instruction.CopyFrom _ -> {}
      case Instruction.Arg arg -> arg.arguments().forEach(this::declare);
      case Instruction.Env env -> config = ConfigChanges.env(config, env.variables());
      case Instruction.Workdir workdir ->
          config =
              config.withWorkingDirectory(
                  ConfigChanges.resolve(config.workingDirectory(), workdir.path()));
      case Instruction.User user -> config = config.withUser(user.user());
      case Instruction.Shell shell -> config = config.withShell(shell.shell());
      case Instruction.Cmd cmd -> {
        config = config.withCommand(cmd.command().arguments(shell()));
        commandSet = true;
      }
      case Instruction.Entrypoint entrypoint -> {
        config = config.withEntrypoint(entrypoint.command().arguments(shell()));
        // The base's CMD was written for the base's ENTRYPOINT.
        config = commandSet ? config : config.withCommand(List.of());
      }
      case Instruction.Label label -> {
        Map<String, String> labels = new LinkedHashMap<>(config.labels());
        labels.putAll(label.labels());
        config = config.withLabels(labels);
      }
      case Instruction.Expose expose -> {
        Set<String> ports = new LinkedHashSet<>(config.exposedPorts());
        ports.addAll(expose.ports());
        config = config.withExposedPorts(List.copyOf(ports));
      }
    }
  }

  private void declare(String name, Optional<String> value) {
    Optional.ofNullable(buildArguments.get(name))
        .or(() -> value)
        .or(() -> Optional.ofNullable(globalArguments.get(name)))
        .ifPresent(v -> arguments.put(name, v));
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(ConfigChanges.environment(config).get(name))
        .or(() -> Optional.ofNullable(arguments.get(name)));
  }
}
