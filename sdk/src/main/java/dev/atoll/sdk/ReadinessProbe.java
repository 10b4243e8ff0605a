package dev.atoll.sdk;

import java.time.Duration;
import java.util.List;

/** What tells that a sandbox is ready: tried from its start on, until it succeeds once. */
public sealed interface ReadinessProbe {
  /** The pause between two attempts where none is given. */
  Duration STANDARD_INTERVAL = Duration.ofMillis(100);

  /** The pause between two attempts, 10 milliseconds to an hour. */
  Duration interval();

  /**
   * {@link #tcp(int, Duration)} with {@link #STANDARD_INTERVAL}.
   *
   * @throws InvalidArgumentException if it is no port
   */
  static ReadinessProbe tcp(int port) {
    return tcp(port, STANDARD_INTERVAL);
  }

  /**
   * Something listens on a port, on 0.0.0.0.
   *
   * @param port 1 to 65535
   * @param interval 10 milliseconds to an hour
   * @throws InvalidArgumentException if a rule is broken
   */
  static ReadinessProbe tcp(int port, Duration interval) {
    return new Tcp(port, interval);
  }

  /**
   * A command exits with 0; an attempt that takes 10 seconds has failed.
   *
   * @param command the program, looked up in PATH, and its arguments; no shell is involved
   * @throws InvalidArgumentException if it names no program
   */
  static ReadinessProbe exec(String... command) {
    return exec(List.of(command), STANDARD_INTERVAL);
  }

  /**
   * As {@link #exec(String...)}, with a pause between two attempts.
   *
   * @param interval 10 milliseconds to an hour
   * @throws InvalidArgumentException if a rule is broken
   */
  static ReadinessProbe exec(List<String> command, Duration interval) {
    return new Exec(command, interval);
  }

  /** Of {@link #tcp(int)}. */
  record Tcp(int port, Duration interval) implements ReadinessProbe {
    /** Checks the rules of {@link #tcp(int, Duration)}. */
    public Tcp {
      Limits.port("the readiness probe's port", port);
      Limits.probeInterval(interval);
    }
  }

  /** Of {@link #exec(String...)}. */
  record Exec(List<String> command, Duration interval) implements ReadinessProbe {
    /** Checks the rules of {@link #exec(List, Duration)}. */
    public Exec {
      command = List.copyOf(command);
      if (command.isEmpty() || command.getFirst().isEmpty()) {
        throw new InvalidArgumentException("the readiness probe's command must name a program");
      }
      Limits.probeInterval(interval);
    }
  }
}
