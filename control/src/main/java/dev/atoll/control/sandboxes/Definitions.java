package dev.atoll.control.sandboxes;

import dev.atoll.control.apps.Names;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.PTYInfo;
import dev.atoll.protocol.modal.Sandbox;
import dev.atoll.protocol.worker.WorkerDescription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Checks sandbox definitions and fills in what they leave to the server. */
final class Definitions {
  private final SandboxPolicy policy;
  private final WorkerDescription worker;
  private final PlacementRules placement = new PlacementRules();

  /**
   * Checks and fills in.
   *
   * @param worker what runs the sandboxes
   */
  Definitions(SandboxPolicy policy, WorkerDescription worker) {
    this.policy = policy;
    this.worker = worker;
  }

  /** A phrase for each thing that a definition asks for and that changes nothing. */
  List<String> withoutEffect(Sandbox definition) {
    return WithoutEffect.of(definition, worker);
  }

  /**
   * The spec that a create means; INVALID_ARGUMENT or UNIMPLEMENTED names the field and the rule.
   */
  SandboxSpec spec(CreateRequest request) {
    Sandbox definition = request.definition();
    UnservedFeatures.refuse(definition);
    RuntimeRules.check(definition, worker);
    TextRules.checkCommand(definition.getEntrypointArgsList());
    TextRules.checkWorkdir(definition.getWorkdir());
    ResourceRules.Range cpu = ResourceRules.cpu(definition.getResources(), policy);
    ResourceRules.Range memory = ResourceRules.memory(definition.getResources(), policy);
    List<String> secretIds =
        request.sources().stream()
            .filter(CreateRequest.Source.Secret.class::isInstance)
            .map(source -> ((CreateRequest.Source.Secret) source).secretId())
            .toList();
    return new SandboxSpec(
        definition.getEntrypointArgsList(),
        definition.getWorkdir(),
        secretIds,
        Math.toIntExact(cpu.request()),
        Math.toIntExact(cpu.limit()),
        memory.request(),
        memory.limit(),
        ResourceRules.disk(definition.getResources(), policy, worker),
        lifetime(definition).toMillis(),
        idleTimeout(definition).toMillis(),
        terminal(definition),
        Optional.of(NetworkChoice.of(definition)),
        PortRules.ports(definition.getOpenPorts()),
        Optional.empty(),
        placement.placement(definition),
        ReadinessRules.probe(definition),
        definition.getVerbose() ? Optional.of(true) : Optional.empty());
  }

  /** The name that a definition asks for. */
  static Optional<String> name(Sandbox definition) {
    return definition.getName().isEmpty()
        ? Optional.empty()
        : Optional.of(Names.check("definition.name", definition.getName()));
  }

  private Duration lifetime(Sandbox definition) {
    long seconds = Integer.toUnsignedLong(definition.getTimeoutSecs());
    if (seconds == 0) {
      return policy.defaultLifetime();
    }
    if (seconds > policy.maximumLifetime().toSeconds()) {
      throw AtollException.invalid(
          "definition.timeout_secs %d is more than the longest lifetime of this server, %d s",
          seconds, policy.maximumLifetime().toSeconds());
    }
    return Duration.ofSeconds(seconds);
  }

  private Duration idleTimeout(Sandbox definition) {
    long seconds = Integer.toUnsignedLong(definition.getIdleTimeoutSecs());
    if (definition.hasIdleTimeoutSecs() && seconds == 0) {
      throw AtollException.invalid("definition.idle_timeout_secs must be at least 1");
    }
    if (seconds > policy.maximumLifetime().toSeconds()) {
      throw AtollException.invalid(
          "definition.idle_timeout_secs %d is more than the longest lifetime of this server, %d s",
          seconds, policy.maximumLifetime().toSeconds());
    }
    return Duration.ofSeconds(seconds);
  }

  private static Optional<SandboxSpec.Terminal> terminal(Sandbox definition) {
    PTYInfo pty = definition.getPtyInfo();
    if (!pty.getEnabled()) {
      return Optional.empty();
    }
    int rows = pty.getWinszRows();
    int columns = pty.getWinszCols();
    if (rows < 0 || rows > 65535 || columns < 0 || columns > 65535) {
      throw AtollException.invalid(
          "definition.pty_info asks for %s rows and %s columns: the limit is 65535",
          Integer.toUnsignedString(rows), Integer.toUnsignedString(columns));
    }
    if (pty.getEnvTerm().indexOf('\0') >= 0
        || pty.getEnvColorterm().indexOf('\0') >= 0
        || pty.getEnvTermProgram().indexOf('\0') >= 0) {
      throw AtollException.invalid("definition.pty_info must not hold NUL bytes");
    }
    return Optional.of(
        new SandboxSpec.Terminal(
            rows == 0 ? 24 : rows,
            columns == 0 ? 80 : columns,
            Names.shortened(pty.getEnvTerm()),
            Names.shortened(pty.getEnvColorterm()),
            Names.shortened(pty.getEnvTermProgram())));
  }
}
