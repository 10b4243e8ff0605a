package dev.atoll.control.sandboxes;

import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.Probe;
import dev.atoll.protocol.modal.Sandbox;
import java.util.List;
import java.util.Optional;

/** What a readiness probe may be. */
final class ReadinessRules {
  private static final String FIELD = "definition.readiness_probe";
  private static final int HIGHEST_PORT = 65_535;
  private static final int STANDARD_INTERVAL_MILLIS = 100;
  private static final int SHORTEST_INTERVAL_MILLIS = 10;
  private static final int LONGEST_INTERVAL_MILLIS = 3_600_000;

  private ReadinessRules() {}

  /** The probe that is asked for; INVALID_ARGUMENT names the rule that it breaks. */
  static Optional<SandboxSpec.ReadinessProbe> probe(Sandbox definition) {
    if (!definition.hasReadinessProbe()) {
      return Optional.empty();
    }
    Probe probe = definition.getReadinessProbe();
    int interval = interval(probe);
    return Optional.of(
        switch (probe.getProbeOneofCase()) {
          case TCP_PORT -> new SandboxSpec.ReadinessProbe(port(probe), List.of(), interval);
          case EXEC_COMMAND -> new SandboxSpec.ReadinessProbe(0, command(probe), interval);
          case PROBEONEOF_NOT_SET ->
              throw AtollException.invalid("%s must have a tcp_port or an exec_command", FIELD);
        });
  }

  private static int interval(Probe probe) {
    if (!probe.hasIntervalMs()) {
      return STANDARD_INTERVAL_MILLIS;
    }
    int interval = probe.getIntervalMs();
    if (interval < SHORTEST_INTERVAL_MILLIS || interval > LONGEST_INTERVAL_MILLIS) {
      throw AtollException.invalid(
          "%s.interval_ms %s: must be %d to %d",
          FIELD,
          Integer.toUnsignedString(interval),
          SHORTEST_INTERVAL_MILLIS,
          LONGEST_INTERVAL_MILLIS);
    }
    return interval;
  }

  private static int port(Probe probe) {
    int port = probe.getTcpPort();
    if (port < 1 || port > HIGHEST_PORT) {
      throw AtollException.invalid(
          "%s.tcp_port: %s is no port: they are 1 to 65535", FIELD, Integer.toUnsignedString(port));
    }
    return port;
  }

  private static List<String> command(Probe probe) {
    List<String> command = probe.getExecCommand().getArgvList();
    if (command.isEmpty() || command.getFirst().isEmpty()) {
      throw AtollException.invalid("%s.exec_command.argv must name a program", FIELD);
    }
    TextRules.checkCommand(command);
    return command;
  }
}
