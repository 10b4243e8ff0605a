package dev.atoll.worker.readiness;

import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.Probe;
import java.time.Duration;
import java.util.List;

/** What tells that a sandbox is ready. */
public sealed interface ReadinessProbe {
  /** The pause between two attempts. */
  Duration interval();

  /**
   * Something listens on a port, on 0.0.0.0.
   *
   * @param port 1 to 65535
   */
  record Tcp(int port, Duration interval) implements ReadinessProbe {}

  /**
   * A command exits with 0.
   *
   * @param command the program and its arguments
   */
  record Command(List<String> command, Duration interval) implements ReadinessProbe {
    public Command {
      command = List.copyOf(command);
    }
  }

  /** From the wire; INVALID_ARGUMENT says which rule is broken. */
  static ReadinessProbe of(Probe probe) {
    Duration interval = Duration.ofMillis(probe.getIntervalMs());
    return switch (probe.getProbeOneofCase()) {
      case TCP_PORT -> new Tcp(probe.getTcpPort(), interval);
      case EXEC_COMMAND -> new Command(probe.getExecCommand().getArgvList(), interval);
      case PROBEONEOF_NOT_SET ->
          throw AtollException.invalid("readiness_probe: must have a port or a command");
    };
  }
}
