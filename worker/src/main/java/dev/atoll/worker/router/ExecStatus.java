package dev.atoll.worker.router;

import dev.atoll.cells.ExecEnd;
import dev.atoll.protocol.router.TaskExecPollResponse;
import dev.atoll.protocol.router.TaskExecWaitResponse;

/** How an exec's end is told: an exit code or a signal, exactly one of them. */
final class ExecStatus {
  private static final int SIGKILL = 9;

  private ExecStatus() {}

  static TaskExecWaitResponse waited(ExecEnd end) {
    TaskExecWaitResponse.Builder answer = TaskExecWaitResponse.newBuilder();
    return switch (end) {
      case ExecEnd.Exited exited -> answer.setCode(exited.code()).build();
      case ExecEnd.Signalled signalled -> answer.setSignal(signalled.signal()).build();
      case ExecEnd.CellEnded _ -> answer.setSignal(SIGKILL).build();
    };
  }

  static TaskExecPollResponse polled(ExecEnd end) {
    TaskExecPollResponse.Builder answer = TaskExecPollResponse.newBuilder();
    return switch (end) {
      case ExecEnd.Exited exited -> answer.setCode(exited.code()).build();
      case ExecEnd.Signalled signalled -> answer.setSignal(signalled.signal()).build();
      case ExecEnd.CellEnded _ -> answer.setSignal(SIGKILL).build();
    };
  }
}
