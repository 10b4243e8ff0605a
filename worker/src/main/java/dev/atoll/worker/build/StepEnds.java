package dev.atoll.worker.build;

import dev.atoll.cells.CellEnd;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.Limits;
import java.time.Duration;
import java.util.Optional;

/** Says in a user's words how a step's process ended. */
final class StepEnds {
  private static final int SIGKILL = 9;
  private static final int SIGNALLED = 128;

  private StepEnds() {}

  /**
   * Empty when the process succeeded.
   *
   * @param memoryKills whether the kernel killed any process of the step for its memory limit
   */
  static Optional<StepFailedException> failure(
      ExecEnd end, boolean memoryKills, String lastLines, Limits limits, Duration lifetime) {
    return switch (end) {
      case ExecEnd.Exited(int code) when code == 0 -> Optional.empty();
      case ExecEnd.Exited(int code) when memoryKills ->
          failed(
              tooMuch(limits) + ", and its command ended with exit code " + code, code, lastLines);
      case ExecEnd.Exited(int code) ->
          failed("its command ended with exit code " + code, code, lastLines);
      case ExecEnd.Signalled(int signal, boolean timeout, boolean _) when timeout ->
          failed(tooLong(lifetime), SIGNALLED + signal, lastLines);
      case ExecEnd.Signalled(int signal, boolean _, boolean memory) when memory ->
          failed(tooMuch(limits), SIGNALLED + signal, lastLines);
      case ExecEnd.Signalled(int signal, boolean _, boolean _) ->
          failed("its command was ended by signal " + signal, SIGNALLED + signal, lastLines);
      case ExecEnd.CellEnded(CellEnd cause) ->
          failed(sandbox(cause, limits, lifetime), SIGNALLED + SIGKILL, lastLines);
    };
  }

  private static String sandbox(CellEnd cause, Limits limits, Duration lifetime) {
    return switch (cause) {
      case CellEnd.OutOfMemory _ -> tooMuch(limits);
      case CellEnd.LifetimeOver _ -> tooLong(lifetime);
      case CellEnd.InitKilled _ -> "the init process of its sandbox was killed from inside";
      case CellEnd.Crashed _, CellEnd.Destroyed _ ->
          "its sandbox ended unexpectedly; the worker's log has the details";
    };
  }

  private static String tooLong(Duration lifetime) {
    return "it took longer than the limit of %d seconds".formatted(lifetime.toSeconds());
  }

  private static String tooMuch(Limits limits) {
    return "it needed more memory than its limit of %d MiB".formatted(limits.memoryBytes() >> 20);
  }

  private static Optional<StepFailedException> failed(
      String reason, int exitCode, String lastLines) {
    String message =
        lastLines.isEmpty()
            ? reason + ", and printed nothing"
            : reason + "; the end of its output:\n" + lastLines;
    return Optional.of(new StepFailedException(message, exitCode));
  }
}
