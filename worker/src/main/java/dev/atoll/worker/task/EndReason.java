package dev.atoll.worker.task;

import dev.atoll.cells.CellEnd;
import dev.atoll.cells.ExecEnd;
import dev.atoll.errors.AtollException;

/** Why a task has ended. */
public sealed interface EndReason {
  /** Its main process returned an exit code. */
  record Exited(int code) implements EndReason {}

  /** A signal killed its main process. */
  record Signalled(int signal) implements EndReason {}

  /** Its lifetime is over. */
  record TimedOut() implements EndReason {}

  /** Its idle timeout is over. */
  record Idle() implements EndReason {}

  /** It needed more memory than its limit. */
  record OutOfMemory() implements EndReason {}

  /** Its main process was killed: the host's disk took no more of its output. */
  record DiskFull() implements EndReason {}

  /**
   * Somebody ended it.
   *
   * @param by "client", "operator" or "server stopping"
   */
  record Terminated(String by) implements EndReason {}

  /** It never ran. */
  record FailedToStart(AtollException why) implements EndReason {}

  /**
   * What runs it died.
   *
   * @param how a sentence
   */
  record Crashed(String how) implements EndReason {}

  /** It was gone when a worker wanted to go on with it. */
  record Lost() implements EndReason {}

  /** What a cell's end means for its task. */
  static EndReason of(CellEnd end) {
    return switch (end) {
      case CellEnd.OutOfMemory _ -> new OutOfMemory();
      case CellEnd.LifetimeOver _ -> new TimedOut();
      case CellEnd.InitKilled _ ->
          new Crashed("the sandbox's init process was killed from inside, and everything with it");
      case CellEnd.Crashed crashed -> new Crashed(crashed.reason());
      case CellEnd.Destroyed _ -> new Crashed("the sandbox was destroyed on its host");
    };
  }

  /** What the main process's end means for its task. */
  static EndReason of(ExecEnd end) {
    return switch (end) {
      case ExecEnd.Exited exited -> new Exited(exited.code());
      case ExecEnd.Signalled signalled ->
          signalled.outOfMemory() ? new OutOfMemory() : new Signalled(signalled.signal());
      case ExecEnd.CellEnded cell -> of(cell.cause());
    };
  }
}
