package dev.atoll.control.sandboxes;

import dev.atoll.protocol.modal.GenericResult;
import dev.atoll.protocol.modal.GenericResult.GenericStatus;
import dev.atoll.protocol.worker.TaskEnded;

/**
 * How a sandbox ended, in the words of the wire. Clients turn TIMEOUT into 124, TERMINATED into
 * 137.
 */
public final class EndResults {
  private static final int KILLED = 137;

  private EndResults() {}

  /** The result of an end. */
  public static GenericResult of(TaskEnded end) {
    return switch (end.getCause()) {
      case EXITED ->
          end.getExitCode() == 0
              ? result(GenericStatus.GENERIC_STATUS_SUCCESS, 0, "")
              : result(GenericStatus.GENERIC_STATUS_FAILURE, end.getExitCode(), "");
      case SIGNALLED ->
          result(GenericStatus.GENERIC_STATUS_FAILURE, 128 + end.getSignal(), end.getMessage());
      case TIMEOUT ->
          result(
              GenericStatus.GENERIC_STATUS_TIMEOUT,
              124,
              or(end.getMessage(), "the sandbox reached the end of its lifetime"));
      case IDLE ->
          result(GenericStatus.GENERIC_STATUS_IDLE_TIMEOUT, end.getExitCode(), end.getMessage());
      case OUT_OF_MEMORY ->
          result(
              GenericStatus.GENERIC_STATUS_FAILURE,
              KILLED,
              or(end.getMessage(), "the sandbox ran out of memory: give it a higher limit"));
      case DISK_FULL ->
          result(GenericStatus.GENERIC_STATUS_FAILURE, KILLED, or(end.getMessage(), "disk full"));
      case TERMINATED -> result(GenericStatus.GENERIC_STATUS_TERMINATED, KILLED, end.getMessage());
      case WORKER_LOST ->
          result(
              GenericStatus.GENERIC_STATUS_INTERNAL_FAILURE,
              KILLED,
              or(end.getMessage(), "the worker that ran the sandbox was lost"));
      case FAILED_TO_START ->
          result(
              GenericStatus.GENERIC_STATUS_INIT_FAILURE,
              end.getExitCode() == 0 ? 1 : end.getExitCode(),
              or(end.getMessage(), "the sandbox could not be started"));
      case CRASHED, END_CAUSE_UNSPECIFIED, UNRECOGNIZED ->
          result(
              GenericStatus.GENERIC_STATUS_INTERNAL_FAILURE,
              KILLED,
              or(end.getMessage(), "the sandbox crashed"));
    };
  }

  private static String or(String message, String otherwise) {
    return message.isEmpty() ? otherwise : message;
  }

  private static GenericResult result(GenericStatus status, int exitCode, String exception) {
    return GenericResult.newBuilder()
        .setStatus(status)
        .setExitcode(exitCode)
        .setException(exception)
        .build();
  }
}
