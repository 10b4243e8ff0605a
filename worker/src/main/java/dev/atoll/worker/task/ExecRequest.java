package dev.atoll.worker.task;

import dev.atoll.cells.ExecSpec;
import dev.atoll.protocol.modal.PTYInfo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process that somebody wants in a running task.
 *
 * @param program what to run
 * @param environment on top of the task's
 * @param workdir absent: the task's
 * @param stdout whether stdout is kept, or discarded
 * @param stderr what happens to stderr
 * @param terminal a pseudo terminal instead of pipes
 * @param timeout after it everything of the exec is killed
 */
public record ExecRequest(
    List<String> program,
    Map<String, String> environment,
    Optional<String> workdir,
    boolean stdout,
    ExecSpec.Stderr stderr,
    Optional<PTYInfo> terminal,
    Optional<Duration> timeout) {
  public ExecRequest {
    program = List.copyOf(program);
    environment = Map.copyOf(environment);
  }

  /** A task's main process: its own command, maybe in a terminal, and all of its output. */
  static ExecRequest main(TaskSettings settings, List<String> program) {
    return new ExecRequest(
        program,
        Map.of(),
        Optional.empty(),
        true,
        ExecSpec.Stderr.PIPE,
        settings.terminal(),
        Optional.empty());
  }

  ExecSpec.Output output() {
    return terminal
        .<ExecSpec.Output>map(Terminals::of)
        .orElseGet(() -> new ExecSpec.Output.Pipes(stdout, stderr));
  }

  /** Secrets are in the environment: it never shows. */
  @Override
  public String toString() {
    return "ExecRequest" + program;
  }
}
