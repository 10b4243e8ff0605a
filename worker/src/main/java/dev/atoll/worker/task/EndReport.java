package dev.atoll.worker.task;

import dev.atoll.cells.ResourceUsage;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.worker.EndCause;
import dev.atoll.protocol.worker.TaskEnded;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Writes down a task's end as the control plane reads it. Exit codes are a shell's. */
final class EndReport {
  private static final int KILLED = 137;

  /** What timeout(1) exits with. */
  private static final int TIMED_OUT = 124;

  private static final int NOT_STARTED = 127;
  private static final int SIGKILL = 9;

  private EndReport() {}

  /** Whether the cell died under its processes, whose ends are told after the task's own then. */
  static boolean diedByItself(TaskEnded end) {
    return end.getCause() == EndCause.OUT_OF_MEMORY || end.getCause() == EndCause.CRASHED;
  }

  static TaskEnded of(String taskId, EndReason reason, Optional<ResourceUsage> usage) {
    Instant now = Instant.now();
    TaskEnded.Builder ended =
        TaskEnded.newBuilder()
            .setTaskId(taskId)
            .setEndedAt(now.getEpochSecond() + now.getNano() / 1e9);
    usage.ifPresent(
        used ->
            ended
                .setPeakMemoryBytes(used.peakMemoryBytes())
                .setCpuMicros(TimeUnit.NANOSECONDS.toMicros(used.cpuTime().toNanos())));
    switch (reason) {
      case EndReason.Exited exited ->
          ended
              .setCause(EndCause.EXITED)
              .setExitCode(exited.code())
              .setMessage("the command exited with code " + exited.code());
      case EndReason.Signalled signalled ->
          ended
              .setCause(EndCause.SIGNALLED)
              .setSignal(signalled.signal())
              .setExitCode(128 + signalled.signal())
              .setMessage("signal " + signalled.signal() + " killed the command");
      case EndReason.TimedOut _ ->
          ended
              .setCause(EndCause.TIMEOUT)
              .setExitCode(TIMED_OUT)
              .setMessage("the sandbox's timeout is over");
      case EndReason.Idle _ ->
          ended.setCause(EndCause.IDLE).setMessage("nothing happened for the idle timeout");
      case EndReason.OutOfMemory _ ->
          ended
              .setCause(EndCause.OUT_OF_MEMORY)
              .setSignal(SIGKILL)
              .setExitCode(KILLED)
              .setMessage("the sandbox needed more memory than its limit: raise the limit");
      case EndReason.DiskFull _ ->
          ended
              .setCause(EndCause.DISK_FULL)
              .setSignal(SIGKILL)
              .setExitCode(KILLED)
              .setMessage(
                  "the command was killed: the server's disk could not take its output. Free space"
                      + " on it, then run again");
      case EndReason.Terminated terminated ->
          ended
              .setCause(EndCause.TERMINATED)
              .setTerminatedBy(terminated.by())
              .setExitCode(KILLED)
              .setMessage("terminated by " + terminated.by());
      case EndReason.FailedToStart failed ->
          ended
              .setCause(EndCause.FAILED_TO_START)
              .setExitCode(NOT_STARTED)
              .setMessage(message(failed.why()))
              .setUserError(failed.why().code() == ErrorCode.INVALID_ARGUMENT);
      case EndReason.Lost _ ->
          ended
              .setCause(EndCause.WORKER_LOST)
              .setExitCode(KILLED)
              .setMessage(
                  "it was gone when the server started again: the machine was restarted meanwhile,"
                      + " or somebody removed the sandbox's processes");
      case EndReason.Crashed crashed ->
          ended.setCause(EndCause.CRASHED).setExitCode(KILLED).setMessage(crashed.how());
    }
    return ended.build();
  }

  private static String message(AtollException why) {
    return Optional.ofNullable(why.getMessage()).orElse("it could not be started");
  }
}
